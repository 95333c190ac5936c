package oracle

import (
	"fmt"
	"unsafe"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

const (
	averageValue = "AverageValue"
	value        = "Value"
)

// One reading of one metric, and what the fleet was at that time.
type reading struct {
	Kind           string    `json:"kind"`
	Target         float64   `json:"target"`
	Values         []float64 `json:"values"`
	StatusReplicas int32     `json:"statusReplicas"`
	SpecReplicas   int32     `json:"specReplicas"`
	ReadyPods      int       `json:"readyPods"`
	UpTolerance    float64   `json:"upTolerance"`
	DownTolerance  float64   `json:"downTolerance"`
}

// By Kubernetes' calculator alone: without limits, windows and policies.
func (r *reading) replicas() (int32, error) {
	fleet := &fleet{pods: podsOf(max(int(r.StatusReplicas), r.ReadyPods), r.ReadyPods)}
	fleet.values = map[string][]int64{metricName(0): allMilli(r.Values)}
	calculator := podautoscaler.NewReplicaCalculator(fleet, podLister{of: fleet}, 0, 0)
	tolerances := tolerances(r.UpTolerance, r.DownTolerance)
	if r.Kind == averageValue {
		replicas, _, _, err := calculator.GetExternalPerPodMetricReplicas(r.StatusReplicas,
			milli(r.Target), metricName(0), tolerances, namespace, nil)
		return replicas, err
	}
	replicas, _, _, err := calculator.GetExternalMetricReplicas(r.SpecReplicas, milli(r.Target),
		metricName(0), tolerances, namespace, nil, labels.Everything())
	return replicas, err
}

// Kubernetes offers no way to make these from outside; what it prints of them shows whether the
// fields are still those.
func tolerances(up, down float64) (made podautoscaler.Tolerances) {
	mirror := struct{ scaleDown, scaleUp float64 }{down, up}
	if unsafe.Sizeof(made) != unsafe.Sizeof(mirror) {
		panic("podautoscaler.Tolerances has other fields than it had")
	}
	made = *(*podautoscaler.Tolerances)(unsafe.Pointer(&mirror))
	if want := fmt.Sprintf("[down:%.1f%%, up:%.1f%%]", down*100, up*100); made.String() != want {
		panic("podautoscaler.Tolerances are " + made.String() + ", not " + want)
	}
	return made
}

// As KEDA hands a number on: as text with three decimals.
func quantity(number float64) resource.Quantity {
	return resource.MustParse(fmt.Sprintf("%.3f", number))
}

func milli(number float64) int64 {
	q := quantity(number)
	return q.MilliValue()
}

func allMilli(numbers []float64) []int64 {
	thousandths := make([]int64, 0, len(numbers))
	for _, number := range numbers {
		thousandths = append(thousandths, milli(number))
	}
	return thousandths
}
