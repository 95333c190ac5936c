package oracle

import (
	"context"
	"errors"
	"fmt"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/scale"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

const (
	namespace = "default"
	name      = "mcp-server"
)

// A Deployment as the autoscaler sees it, played from memory: its pods, its scale and its metrics.
// What the autoscaler never asks of it is not there.
type fleet struct {
	metrics.MetricsClient
	scale.ScaleInterface

	pods                         []*v1.Pod
	specReplicas, statusReplicas int32
	values                       map[string][]int64 // in thousandths, by metric
	cpu                          metrics.PodMetricsInfo
	syncs                        int            // times that its scale was asked for
	beforeSync                   func(sync int) // or nil
}

func metricName(index int) string { return fmt.Sprintf("s%d-metric", index) }

func (f *fleet) GetExternalMetric(metric, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	values, known := f.values[metric]
	if !known {
		return nil, time.Time{}, errors.New("it could not be got")
	}
	return values, time.Now(), nil
}

func (f *fleet) Scales(string) scale.ScaleInterface { return f }

func (f *fleet) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (
	*autoscalingv1.Scale, error) {
	if f.beforeSync != nil {
		f.beforeSync(f.syncs)
	}
	f.syncs++
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       autoscalingv1.ScaleSpec{Replicas: f.specReplicas},
		Status:     autoscalingv1.ScaleStatus{Replicas: f.statusReplicas, Selector: "app=" + name},
	}, nil
}

func (f *fleet) Update(_ context.Context, _ schema.GroupResource, to *autoscalingv1.Scale,
	_ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	f.specReplicas = to.Spec.Replicas
	return to, nil
}

// The pods of a fleet, as they are when they are asked for.
type podLister struct {
	corelisters.PodNamespaceLister
	of *fleet
}

func (l podLister) Pods(string) corelisters.PodNamespaceLister { return l }
func (l podLister) List(labels.Selector) ([]*v1.Pod, error)    { return l.of.pods, nil }

// So many pods run, the first of them ready.
func podsOf(count, ready int) []*v1.Pod {
	pods := make([]*v1.Pod, 0, count)
	for i := range count {
		pods = append(pods, pod(i < ready))
	}
	return pods
}

var readyPod, unreadyPod = newPod(v1.ConditionTrue), newPod(v1.ConditionFalse)

func pod(isReady bool) *v1.Pod {
	if isReady {
		return readyPod
	}
	return unreadyPod
}

func newPod(ready v1.ConditionStatus) *v1.Pod {
	return &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace,
			Name:      "pod-" + string(ready),
			Labels:    map[string]string{"app": name},
		},
		Status: v1.PodStatus{
			Phase:      v1.PodRunning,
			Conditions: []v1.PodCondition{{Type: v1.PodReady, Status: ready}},
		},
	}
}
