package oracle

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

const utilization = "Utilization"

// One reading of the CPU of every pod, in thousandths of a core.
type cpuReading struct {
	Kind          string   `json:"kind"`
	Target        int32    `json:"target"` // per cent of what is requested
	SpecReplicas  int32    `json:"specReplicas"`
	UpTolerance   float64  `json:"upTolerance"`
	DownTolerance float64  `json:"downTolerance"`
	Pods          []podCpu `json:"pods"`
}

type podCpu struct {
	Usage     *int64 `json:"usage"` // left out: no metric yet
	Request   int64  `json:"request"`
	IsDeleted bool   `json:"isDeleted"`
	IsPending bool   `json:"isPending"`
	IsUnready bool   `json:"isUnready"`
}

// Pods are as old as an hour, or have just started: in between Kubernetes looks at more.
const initialization = 5 * time.Minute

func (r *cpuReading) replicas() (int32, error) {
	fleet := &fleet{cpu: metrics.PodMetricsInfo{}}
	for i, one := range r.Pods {
		pod := one.pod(fmt.Sprintf("pod-%d", i))
		fleet.pods = append(fleet.pods, pod)
		if one.Usage != nil {
			fleet.cpu[pod.Name] = metrics.PodMetric{
				Timestamp: time.Now(), Window: time.Minute, Value: *one.Usage}
		}
	}
	calculator := podautoscaler.NewReplicaCalculator(fleet, podLister{of: fleet}, initialization, 0)
	replicas, _, _, _, err := calculator.GetResourceReplicas(context.Background(), r.SpecReplicas,
		r.Target, v1.ResourceCPU, tolerances(r.UpTolerance, r.DownTolerance), namespace,
		labels.Everything(), "")
	return replicas, err
}

func (p podCpu) pod(name string) *v1.Pod {
	pod := newPod(v1.ConditionTrue)
	pod.Name = name
	now := metav1.Now()
	longAgo := metav1.NewTime(now.Add(-time.Hour))
	pod.Status.StartTime = &longAgo
	if p.IsUnready {
		pod.Status.StartTime = &now
		pod.Status.Conditions[0].Status = v1.ConditionFalse
	}
	if p.IsDeleted {
		pod.DeletionTimestamp = &now
	}
	if p.IsPending {
		pod.Status.Phase = v1.PodPending
	}
	pod.Spec.Containers = []v1.Container{{Resources: v1.ResourceRequirements{
		Requests: v1.ResourceList{v1.ResourceCPU: *resource.NewMilliQuantity(p.Request,
			resource.DecimalSI)}}}}
	return pod
}

func (f *fleet) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector,
	string) (metrics.PodMetricsInfo, time.Time, error) {
	return f.cpu, time.Now(), nil
}
