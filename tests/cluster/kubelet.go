package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

const nodeName = "node"

// Kubelet plays the node: it keeps one Node alive and runs every pod that is bound to it, as
// processes. Any goroutine.
type Kubelet struct {
	plane     *Plane
	programs  Programs
	directory string

	mutex  sync.Mutex
	pods   map[types.UID]*Pod
	count  int
	faults []string
}

// Programs are those that pods run: the sidecar, and servers by the name of their image.
type Programs struct {
	Sidecar string
	Servers map[string]string
}

func StartKubelet(ctx context.Context, plane *Plane, programs Programs) (*Kubelet, error) {
	k := &Kubelet{plane: plane, programs: programs, pods: map[types.UID]*Pod{},
		directory: filepath.Join(plane.Directory, "pods")}
	if err := os.MkdirAll(k.directory, 0o755); err != nil {
		return nil, err
	}
	if err := k.register(ctx); err != nil {
		return nil, err
	}
	go k.beat(ctx)

	factory := informers.NewSharedInformerFactory(plane.Client, 0)
	informer := factory.Core().V1().Pods().Informer()
	look := func(object any) {
		if pod, ok := object.(*corev1.Pod); ok && pod.Spec.NodeName == nodeName {
			k.look(ctx, pod)
		}
	}
	informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: look, UpdateFunc: func(_, object any) { look(object) }})
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, errors.New("pods are not served")
	}
	return k, nil
}

func (k *Kubelet) register(ctx context.Context) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName}}
	nodes := k.plane.Client.CoreV1().Nodes()
	if _, err := nodes.Create(ctx, node, metav1.CreateOptions{}); err != nil {
		return err
	}
	now := metav1.Now()
	body, _ := json.Marshal(map[string]any{"status": corev1.NodeStatus{
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue,
			Reason: "KubeletReady", LastHeartbeatTime: now, LastTransitionTime: now}}}})
	// A patch: Kubernetes' controllers write on the Node too.
	_, err := nodes.Patch(ctx, nodeName, types.StrategicMergePatchType, body, metav1.PatchOptions{},
		"status")
	if err != nil {
		return err
	}
	holder, seconds := nodeName, int32(40)
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: nodeName},
		Spec: coordinationv1.LeaseSpec{HolderIdentity: &holder, LeaseDurationSeconds: &seconds}}
	return until(ctx, time.Minute, func() error { // until its namespace is there
		_, err := k.plane.Client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Create(ctx,
			lease, metav1.CreateOptions{})
		return err
	})
}

// beat renews the lease: a node without one loses its pods.
func (k *Kubelet) beat(ctx context.Context) {
	leases := k.plane.Client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	for ctx.Err() == nil {
		if lease, err := leases.Get(ctx, nodeName, metav1.GetOptions{}); err == nil {
			now := metav1.NowMicro()
			lease.Spec.RenewTime = &now
			leases.Update(ctx, lease, metav1.UpdateOptions{})
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
}

func (k *Kubelet) look(ctx context.Context, object *corev1.Pod) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	pod := k.pods[object.UID]
	if pod == nil {
		// Addresses are given one after the other: none is used twice within a minute.
		host := byte(1 + k.count%254)
		pod = &Pod{kubelet: k, object: object, IP: netip.AddrFrom4([4]byte{10, 77, 1, host}),
			serverPort: 20000 + k.count, directory: filepath.Join(k.directory, object.Name),
			going: make(chan struct{})}
		if isWritten(object) {
			pod.IP = writtenIP(k.count)
		}
		k.count++
		k.pods[object.UID] = pod
		go pod.live(ctx)
	}
	if object.DeletionTimestamp != nil {
		pod.goAway(*object.DeletionGracePeriodSeconds)
	}
}

// fault notes what no pod may do.
func (k *Kubelet) fault(pod string, err error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.faults = append(k.faults, fmt.Sprintf("%s: %v", pod, err))
}

// TakeFaults are those of a Deployment's pods since it was last asked.
func (k *Kubelet) TakeFaults(deployment string) []string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	var its, others []string
	for _, fault := range k.faults {
		if strings.HasPrefix(fault, deployment+"-") {
			its = append(its, fault)
		} else {
			others = append(others, fault)
		}
	}
	k.faults = others
	return its
}
