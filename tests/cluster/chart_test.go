package cluster

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// chart creates all that the chart renders with everything switched on, in its own namespace. The
// scaler and the prober run as their pods are written, with their rendered configuration and TLS to
// KEDA; the server's pods as the example's. Only what an operator brings along comes from here:
// Secrets, of which cert-manager would make two.
func chart(t *testing.T, cluster *Cluster, applier *applier, file string) {
	objects, err := readObjects(file)
	if err != nil {
		t.Fatal(err)
	}
	scaled := scaledServer(t, objects)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	f := &Fleet{t: t, ctx: ctx, cluster: cluster, Name: scaled.GetName(), namespace: scaled.GetNamespace()}
	f.Crowd = NewCrowd(f.Name, func(last netip.Addr) (netip.Addr, bool) {
		return cluster.Endpoints.Pick(f.namespace, f.Name, last)
	})
	cluster.NameServices(f.namespace)
	f.makeSecrets(applier, objects)
	t.Cleanup(func() { f.removeAll(applier, objects) })
	t.Cleanup(f.remove)
	var deployments []string
	for _, object := range objects {
		if object.GetKind() == "Deployment" {
			deployments = append(deployments, object.GetName())
			if object.GetName() == f.Name {
				f.must(playable(object))
			} else {
				f.must(bound(object))
			}
		}
		if err := applier.Create(object); err != nil {
			t.Fatalf("%s: %s %s: %v", filepath.Base(file), object.GetKind(), object.GetName(), err)
		}
	}
	f.Timeline, err = WatchReplicas(ctx, cluster.Plane, f.namespace, f.Name)
	f.must(err)
	for _, name := range deployments {
		f.Await("the Deployment "+name+" available", 2*time.Minute, func() (bool, string) {
			return f.available(name)
		})
	}
	f.Await("a ScaledObject that is ready", time.Minute, func() (bool, string) {
		status := f.KEDACondition("Ready")
		return status == "True", "Ready is " + status
	})
	f.Await("an HPA that works", 2*time.Minute, f.scalingActive)
	f.behavesAsWritten(scaled)
	f.AwaitReplicas(2, time.Minute)
	f.Stays("at rest", 10*time.Second, 2, 2)
	fmt.Printf("chart: %d objects created; available: %q\n", len(objects), deployments)
	f.Tell()
}

// scaledServer is the ScaledObject whose Deployment the chart has too.
func scaledServer(t *testing.T, objects []*unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	for _, scaled := range objects {
		target, _, _ := unstructured.NestedString(scaled.Object, "spec", "scaleTargetRef", "name")
		if scaled.GetKind() == "ScaledObject" && slices.ContainsFunc(objects,
			func(o *unstructured.Unstructured) bool { return o.GetKind() == "Deployment" && o.GetName() == target }) {
			return scaled
		}
	}
	t.Fatal("no ScaledObject of the chart has its server there")
	return nil
}

// makeSecrets plays cert-manager, and whoever made the token of the probes.
func (f *Fleet) makeSecrets(applier *applier, objects []*unstructured.Unstructured) {
	f.t.Helper()
	authority, err := newAuthority()
	f.must(err)
	secrets := map[string]map[string][]byte{"mcp-probe-token": {"token": []byte("0123456789abcdef")}}
	for _, object := range objects {
		if object.GetKind() != "Certificate" {
			continue
		}
		spec := object.Object["spec"].(map[string]any)
		names, _, _ := unstructured.NestedStringSlice(spec, "dnsNames")
		common, _, _ := unstructured.NestedString(spec, "commonName")
		usages, _, _ := unstructured.NestedStringSlice(spec, "usages")
		wanted := &x509.Certificate{Subject: pkix.Name{CommonName: common}, DNSNames: names}
		for _, usage := range usages {
			switch usage {
			case "server auth":
				wanted.ExtKeyUsage = append(wanted.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
			case "client auth":
				wanted.ExtKeyUsage = append(wanted.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
			}
		}
		secrets[spec["secretName"].(string)], err = authority.Issue(wanted)
		f.must(err)
	}
	for name, data := range secrets {
		values := map[string]any{}
		for key, text := range data {
			values[key] = string(text)
		}
		f.must(applier.Create(&unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Secret", "stringData": values,
			"metadata": map[string]any{"name": name, "namespace": f.namespace}}}))
	}
}

func (f *Fleet) available(deployment string) (bool, string) {
	object, err := f.cluster.Plane.Client.AppsV1().Deployments(f.namespace).Get(f.ctx, deployment,
		metav1.GetOptions{})
	if err != nil {
		return false, err.Error()
	}
	status := object.Status
	faults := f.cluster.Kubelet.TakeFaults(deployment)
	for _, fault := range faults {
		f.t.Fatal(fault)
	}
	return status.ObservedGeneration >= object.Generation && status.AvailableReplicas > 0 &&
		status.UnavailableReplicas == 0, fmt.Sprintf("%d of %d available", status.AvailableReplicas, status.Replicas)
}

// removeAll takes back what was created, and waits until the last process of it has ended.
func (f *Fleet) removeAll(applier *applier, objects []*unstructured.Unstructured) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	background := metav1.DeletePropagationBackground
	for _, object := range slices.Backward(objects) {
		if client, err := applier.clientOf(ctx, object); err == nil {
			client.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
		}
	}
	err := until(ctx, 30*time.Second, func() error {
		pods, err := f.cluster.Plane.Client.CoreV1().Pods(f.namespace).List(ctx, metav1.ListOptions{})
		if err == nil && len(pods.Items) > 0 {
			err = fmt.Errorf("%d pods are still there, such as %s", len(pods.Items), pods.Items[0].Name)
		}
		return err
	})
	if err != nil {
		f.t.Error(err)
	}
	for _, fault := range f.cluster.Kubelet.TakeFaults("mcp-vitals") {
		f.t.Error(fault)
	}
}

// bound binds a Deployment's pods to the tests' node.
func bound(deployment *unstructured.Unstructured) error {
	return unstructured.SetNestedField(deployment.Object, nodeName, "spec", "template", "spec", "nodeName")
}
