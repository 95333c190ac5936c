package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Ports on loopback, in the namespace of our own.
const (
	etcdURL         = "http://127.0.0.1:2379"
	etcdPeerURL     = "http://127.0.0.1:2380"
	apiPort         = 6443
	managerPort     = 10257
	adapterPort     = 6444
	operatorMetrics = 9666 // gRPC, from the adapter to the operator

	clientName       = "cluster-tests"
	metricsAuthority = "keda-operator.keda.svc"

	// What the tests count on, and the recording tells: Kubernetes' default is 15 s.
	hpaSync = 2 * time.Second
)

// Plane is a Kubernetes control plane with KEDA, as processes. It ends with the namespace of its
// processes' ids, whose first process is the test.
type Plane struct {
	Programs   string // folder of what was built
	Directory  string // logs, certificates
	Certs      Certificates
	Config     *rest.Config
	Client     *kubernetes.Clientset
	Dynamic    *dynamic.DynamicClient
	Operator   *Process
	kubeconfig string
}

func StartPlane(ctx context.Context, programs, crds, directory string) (*Plane, error) {
	p := &Plane{Programs: programs, Directory: directory,
		kubeconfig: filepath.Join(directory, "kubeconfig")}
	var err error
	if p.Certs, err = MakeCertificates(filepath.Join(directory, "certificates")); err != nil {
		return nil, err
	}
	if err := p.writeKubeconfig(); err != nil {
		return nil, err
	}
	if err := p.startKubernetes(ctx); err != nil {
		return nil, err
	}
	for _, name := range []string{Namespace, kedaNamespace} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		_, err := p.Client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
		if err != nil {
			return nil, err
		}
	}
	return p, p.startKEDA(ctx, crds)
}

func (p *Plane) writeKubeconfig() error {
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
  - {name: tests, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}
users:
  - {name: tests, user: {client-certificate: %s, client-key: %s}}
contexts:
  - {name: tests, context: {cluster: tests, user: tests}}
current-context: tests
`, apiPort, p.Certs.CA, p.Certs.Cert, p.Certs.Key)
	if err := os.WriteFile(p.kubeconfig, []byte(text), 0o644); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", p.kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 200, 400
	p.Config = config
	if p.Client, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	p.Dynamic, err = dynamic.NewForConfig(config)
	return err
}

func (p *Plane) program(name string) string { return filepath.Join(p.Programs, name) }

func (p *Plane) startKubernetes(ctx context.Context) error {
	_, err := Start(p.Directory, "etcd", nil, 0, p.program("etcd"),
		filepath.Join(p.Directory, "etcd"), etcdURL, etcdPeerURL)
	if err != nil {
		return err
	}
	c := p.Certs
	apiserver, err := Start(p.Directory, "kube-apiserver", nil, 0, p.program("kube-apiserver"),
		"--etcd-servers="+etcdURL, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", apiPort),
		"--tls-cert-file="+c.Cert, "--tls-private-key-file="+c.Key, "--client-ca-file="+c.CA,
		"--authorization-mode=RBAC", "--allow-privileged",
		"--service-account-key-file="+c.Key, "--service-account-signing-key-file="+c.Key,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none",
		"--disable-admission-plugins=ServiceAccount",
		"--proxy-client-cert-file="+c.Cert, "--proxy-client-key-file="+c.Key,
		"--requestheader-client-ca-file="+c.CA, "--requestheader-allowed-names="+clientName,
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-")
	if err != nil {
		return err
	}
	err = until(ctx, time.Minute, func() error {
		if apiserver.HasEnded() {
			return fmt.Errorf("it has ended: %s", apiserver.Tail(5))
		}
		_, err := p.Client.RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("the API server is not ready: %w", err)
	}
	_, err = Start(p.Directory, "kube-controller-manager", nil, 0,
		p.program("kube-controller-manager"),
		"--kubeconfig="+p.kubeconfig, "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", managerPort), "--leader-elect=false",
		"--horizontal-pod-autoscaler-sync-period="+hpaSync.String(),
		"--service-account-private-key-file="+c.Key, "--root-ca-file="+c.CA)
	return err
}

// until tries `attempt` several times a second until it succeeds; its last error when `limit` is
// over first.
func until(ctx context.Context, limit time.Duration, attempt func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := attempt()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
