package cluster

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

//go:embed manifests/fleet.yaml
var fleetManifest string

// What a scenario chooses; the rest stands in the manifest.
type FleetOptions struct {
	Image      string // default: sample-server
	Replicas   int    // to begin with; default 1
	Min        int    // default 1; Zero for none
	Fallback   int    // KEDA's, in replicas; default: without
	ActiveHold string // default: 20s
	Poll       int    // KEDA's, in seconds; default 5
	// The scaler asks a gateway before the fleet, and clients go through that; default: the pods.
	Gateway bool
}

const Zero = -1

const perPod = 5 // streams, as the manifest says

// Fleet is a Deployment with its ScaledObject, a scaler of its own, and clients. It belongs to one
// test, and is gone when that ends.
type Fleet struct {
	*Timeline
	t               *testing.T
	ctx             context.Context
	cluster         *Cluster
	Name, namespace string
	Crowd           *Crowd

	address     netip.Addr
	members     string // in the scaler's configuration
	user        uint32
	scaler      *Process
	floor       int32 // see MayNotFall
	floorSince  time.Time
	scalerBegan time.Time
}

func resourceOf(object *unstructured.Unstructured) schema.GroupVersionResource {
	kind := object.GroupVersionKind()
	return schema.GroupVersionResource{Group: kind.Group, Version: kind.Version,
		Resource: strings.ToLower(kind.Kind) + "s"}
}

// bareFleet is a fleet of which nothing is there yet but its clients-to-be.
func bareFleet(t *testing.T, cluster *Cluster, name string) *Fleet {
	ctx, cancel := context.WithCancel(context.Background())
	f := &Fleet{t: t, ctx: ctx, cluster: cluster, Name: name, namespace: Namespace,
		members: fmt.Sprintf("dns: %q", name+"-vitals.mcp.svc:9788")}
	f.address, f.user = cluster.addFleet(name)
	t.Cleanup(cancel)
	f.Crowd = NewCrowd(name, func(last netip.Addr) (netip.Addr, bool) {
		return cluster.Endpoints.Pick(Namespace, name, last)
	})
	return f
}

func newFleet(t *testing.T, cluster *Cluster, name string, options FleetOptions) *Fleet {
	t.Helper()
	f := bareFleet(t, cluster, name)
	ctx := f.ctx
	if options.Gateway {
		gateway, err := f.startGateway()
		f.must(err)
		f.members = fmt.Sprintf(`static: ["%v:%d"]`, gateway, sidecarPort)
		f.Crowd = NewCrowd(name, func(netip.Addr) (netip.Addr, bool) { return gateway, true })
	}
	t.Cleanup(f.remove)
	f.StartScaler()
	objects, replicas := f.manifest(options)
	for _, object := range objects {
		if object.GetKind() == "ScaledObject" {
			var err error
			f.Timeline, err = WatchReplicas(ctx, cluster.Plane, f.namespace, name)
			f.must(err)
			f.AwaitReplicas(replicas, time.Minute)
		}
		_, err := cluster.Plane.Dynamic.Resource(resourceOf(object)).Namespace(f.namespace).Create(ctx,
			object, metav1.CreateOptions{})
		if err != nil {
			t.Fatalf("%s: %v", object.GetKind(), err)
		}
	}
	return f
}

// manifest is what makes the fleet, and how many replicas it begins with.
func (f *Fleet) manifest(options FleetOptions) ([]*unstructured.Unstructured, int32) {
	orElse := func(value, otherwise int) int {
		switch value {
		case 0:
			return otherwise
		case Zero:
			return 0
		}
		return value
	}
	replicas := orElse(options.Replicas, 1)
	values := map[string]any{"Name": f.Name, "Image": "sample-server", "ActiveHold": "20s",
		"Replicas": replicas, "Min": orElse(options.Min, 1),
		"Fallback": options.Fallback, "Poll": orElse(options.Poll, 5)}
	if options.Image != "" {
		values["Image"] = options.Image
	}
	if options.ActiveHold != "" {
		values["ActiveHold"] = options.ActiveHold
	}
	var text bytes.Buffer
	f.must(template.Must(template.New("").Parse(fleetManifest)).Execute(&text, values))
	var objects []*unstructured.Unstructured
	for _, part := range strings.Split(text.String(), "\n---\n") {
		object := &unstructured.Unstructured{}
		f.must(yaml.Unmarshal([]byte(part), &object.Object))
		objects = append(objects, object)
	}
	return objects, int32(replicas)
}

// StartScaler starts the fleet's scaler, for the first time or again.
func (f *Fleet) StartScaler() {
	f.t.Helper()
	directory := filepath.Join(f.cluster.directory, "scaler-"+f.Name)
	config := fmt.Sprintf(`http: {listen: "%[1]v:9788"}
admin: {listen: "127.0.0.1:%[3]d"}
scaler:
  listen: "%[1]v:9789"
  fleets:
    - name: "%[2]s"
      members: {%[4]s}
`, f.address, f.Name, f.user+10000, f.members)
	file := filepath.Join(directory, "mcp-vitals.yml")
	f.must(os.MkdirAll(directory, 0o755))
	f.must(os.WriteFile(file, []byte(config), 0o644))
	var err error
	f.scaler, err = Start(directory, "scaler", nil, f.user, f.cluster.scaler, "run", "--config", file)
	f.must(err)
	f.scalerBegan = time.Now()
}

func (f *Fleet) KillScaler()     { f.scaler.Kill() }
func (f *Fleet) FreezeScaler()   { f.scaler.Signal(syscall.SIGSTOP) }
func (f *Fleet) UnfreezeScaler() { f.scaler.Signal(syscall.SIGCONT) }

// Blind loses all that the scaler sends to pods, and See no longer does.
func (f *Fleet) Blind() { f.must(CutOff(f.user)) }
func (f *Fleet) See()   { f.must(Reconnect(f.user)) }

func (f *Fleet) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// Rollout changes the Deployment's template, so that every pod is replaced.
func (f *Fleet) Rollout(release string) {
	f.t.Helper()
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"release":%q}}}}}`, release)
	_, err := f.cluster.Plane.Client.AppsV1().Deployments(f.namespace).Patch(f.ctx, f.Name,
		types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	f.must(err)
}

// Settled tells whether the Deployment has just the pods that it wants, all of its last template.
func (f *Fleet) Settled() (bool, string) {
	deployment, err := f.cluster.Plane.Client.AppsV1().Deployments(f.namespace).Get(f.ctx, f.Name,
		metav1.GetOptions{})
	if err != nil {
		return false, err.Error()
	}
	pods, err := f.Pods()
	if err != nil {
		return false, err.Error()
	}
	status, wanted := deployment.Status, *deployment.Spec.Replicas
	settled := status.ObservedGeneration >= deployment.Generation &&
		status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && len(pods) == int(wanted)
	return settled, fmt.Sprintf("%d wanted, %d of the last template, %d ready, %d pods in all", wanted,
		status.UpdatedReplicas, status.ReadyReplicas, len(pods))
}

// Pods are those that there are, those that go included.
func (f *Fleet) Pods() ([]corev1.Pod, error) {
	pods, err := f.cluster.Plane.Client.CoreV1().Pods(f.namespace).List(f.ctx,
		metav1.ListOptions{LabelSelector: "app=" + f.Name})
	if err != nil {
		return nil, err
	}
	return pods.Items, nil
}

// FullestFirst has Kubernetes give up the pods with the most clients first, as bad luck might.
func (f *Fleet) FullestFirst() {
	f.t.Helper()
	clients := f.Crowd.ByPod()
	pods, err := f.Pods()
	f.must(err)
	for _, pod := range pods {
		address, _ := netip.ParseAddr(pod.Status.PodIP)
		patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:"%d"}}}`, corev1.PodDeletionCost,
			-clients[address])
		_, err := f.cluster.Plane.Client.CoreV1().Pods(f.namespace).Patch(f.ctx, pod.Name,
			types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
		f.must(err)
	}
}

// remove leaves nothing of the fleet behind, and tells what it looked like when the test failed.
func (f *Fleet) remove() {
	if f.t.Failed() {
		f.t.Log(f.report())
	}
	if f.scaler != nil {
		f.UnfreezeScaler()
	}
	f.Crowd.Disperse()
	plane := f.cluster.Plane
	plane.Dynamic.Resource(scaledObjects).Namespace(f.namespace).Delete(f.ctx, f.Name,
		metav1.DeleteOptions{})
	err := until(f.ctx, time.Minute, func() error { // its finalizer puts the replicas back
		_, err := plane.Dynamic.Resource(scaledObjects).Namespace(f.namespace).Get(f.ctx, f.Name,
			metav1.GetOptions{})
		if err == nil {
			return fmt.Errorf("the ScaledObject %s is still there", f.Name)
		}
		return nil
	})
	if err != nil {
		f.t.Error(err)
	}
	background := metav1.DeletePropagationBackground
	plane.Client.AppsV1().Deployments(f.namespace).Delete(f.ctx, f.Name,
		metav1.DeleteOptions{PropagationPolicy: &background})
	for _, service := range []string{f.Name, f.Name + "-vitals"} {
		plane.Client.CoreV1().Services(f.namespace).Delete(f.ctx, service, metav1.DeleteOptions{})
	}
	err = until(f.ctx, time.Minute, func() error {
		if pods, err := f.Pods(); err != nil || len(pods) > 0 {
			return fmt.Errorf("%d pods of %s are still there: %v", len(pods), f.Name, err)
		}
		return nil
	})
	if err != nil {
		f.t.Error(err)
	}
	if f.scaler != nil {
		if err := f.scaler.Stop(10 * time.Second); err != nil {
			f.t.Error(err)
		}
	}
	for _, fault := range f.cluster.Kubelet.TakeFaults(f.Name) {
		f.t.Error(fault)
	}
}
