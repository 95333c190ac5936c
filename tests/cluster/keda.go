package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	kedaNamespace   = "keda"
	externalMetrics = "/apis/external.metrics.k8s.io/v1beta1"
)

var (
	scaledObjects = schema.GroupVersionResource{Group: "keda.sh", Version: "v1alpha1",
		Resource: "scaledobjects"}
	apiServices = schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1",
		Resource: "apiservices"}
)

// startKEDA returns when the API server serves KEDA's metrics.
func (p *Plane) startKEDA(ctx context.Context, crds string) error {
	files, err := filepath.Glob(filepath.Join(crds, "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no CRDs in %s: %v", crds, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		err = p.Client.RESTClient().Post().
			AbsPath("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").
			SetHeader("Content-Type", "application/yaml").Body(text).Do(ctx).Error()
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	err = until(ctx, time.Minute, func() error {
		_, err := p.Dynamic.Resource(scaledObjects).Namespace(Namespace).List(ctx,
			metav1.ListOptions{})
		return err
	})
	if err != nil {
		return fmt.Errorf("ScaledObjects are not served: %w", err)
	}
	if err := p.StartOperator(); err != nil {
		return err
	}
	if err := p.startAdapter(ctx); err != nil {
		return err
	}
	err = until(ctx, time.Minute, func() error {
		_, err := p.Client.RESTClient().Get().AbsPath(externalMetrics).DoRaw(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("KEDA's metrics are not served: %w", err)
	}
	return nil
}

// StartOperator starts KEDA's operator, for the first time or again.
func (p *Plane) StartOperator() error {
	if p.Operator != nil && !p.Operator.HasEnded() {
		return errors.New("the operator runs already")
	}
	var err error
	p.Operator, err = Start(p.Directory, "keda-operator",
		[]string{"WATCH_NAMESPACE=", "POD_NAMESPACE=" + kedaNamespace,
			"KEDA_CLUSTER_OBJECT_NAMESPACE=" + kedaNamespace},
		0, p.program("keda-operator"),
		"--kubeconfig="+p.kubeconfig, "--cert-dir="+p.Certs.Directory,
		"--enable-cert-rotation=false",
		fmt.Sprintf("--metrics-service-bind-address=127.0.0.1:%d", operatorMetrics),
		"--metrics-bind-address=127.0.0.1:8082", "--health-probe-bind-address=127.0.0.1:8083")
	return err
}

func (p *Plane) startAdapter(ctx context.Context) error {
	c := p.Certs
	_, err := Start(p.Directory, "keda-adapter",
		[]string{"WATCH_NAMESPACE=", "POD_NAMESPACE=" + kedaNamespace,
			"KEDA_CLUSTER_OBJECT_NAMESPACE=" + kedaNamespace},
		0, p.program("keda-adapter"),
		"--kubeconfig="+p.kubeconfig, "--lister-kubeconfig="+p.kubeconfig,
		"--authentication-kubeconfig="+p.kubeconfig, "--authorization-kubeconfig="+p.kubeconfig,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", adapterPort), "--port=8081",
		"--cert-dir="+c.Directory, "--tls-cert-file="+c.Cert, "--tls-private-key-file="+c.Key,
		"--client-ca-file="+c.CA,
		fmt.Sprintf("--metrics-service-address=localhost:%d", operatorMetrics),
		"--metrics-service-grpc-authority="+metricsAuthority)
	if err != nil {
		return err
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "keda-metrics-apiserver"},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost",
			Ports: []corev1.ServicePort{{Port: adapterPort}}},
	}
	_, err = p.Client.CoreV1().Services(kedaNamespace).Create(ctx, service, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	apiService := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1",
		"kind":       "APIService",
		"metadata":   map[string]any{"name": "v1beta1.external.metrics.k8s.io"},
		"spec": map[string]any{
			"group": "external.metrics.k8s.io", "version": "v1beta1",
			"groupPriorityMinimum": int64(100), "versionPriority": int64(100),
			"insecureSkipTLSVerify": true,
			"service": map[string]any{"name": service.Name, "namespace": kedaNamespace,
				"port": int64(adapterPort)},
		},
	}}
	_, err = p.Dynamic.Resource(apiServices).Create(ctx, apiService, metav1.CreateOptions{})
	return err
}
