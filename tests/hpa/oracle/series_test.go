package oracle

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

// What the controller goes through, sync by sync.
type series struct {
	Kind    string `json:"kind"`
	Metrics []struct {
		Kind   string  `json:"kind"`
		Target float64 `json:"target"`
	} `json:"metrics"`
	MinReplicas     int32           `json:"minReplicas"`
	MaxReplicas     int32           `json:"maxReplicas"`
	Replicas        int32           `json:"replicas"` // asked for at the beginning
	Behavior        json.RawMessage `json:"behavior"`
	Tolerance       float64         `json:"tolerance"`
	DownscaleWindow float64         `json:"downscaleWindow"`
	Period          float64         `json:"period"`
	Steps           []step          `json:"steps"`
}

type step struct {
	Values         [][]float64 `json:"values"`
	SpecReplicas   *int32      `json:"specReplicas"`
	StatusReplicas *int32      `json:"statusReplicas"`
	ReadyPods      *int        `json:"readyPods"`
}

func init() {
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil // they would sleep a millisecond after what is meant to fail
}

// The controller as it runs in the cluster, at a time that passes as soon as nothing is left to do.
func (s *series) replicas(t *testing.T) (asked []int32) {
	synctest.Test(t, func(t *testing.T) {
		period := seconds(s.Period)
		fleet := &fleet{specReplicas: s.Replicas, statusReplicas: s.Replicas}
		fleet.beforeSync = func(sync int) { fleet.take(s.Steps[sync]) }
		ctx, cancel := context.WithCancel(context.Background())
		controller := podautoscaler.NewHorizontalController(ctx, events{}, fleet, objects{}, mapper(),
			fleet, hpaInformer{hpa: s.hpa()}, podInformer{pods: podLister{of: fleet}}, period,
			seconds(s.DownscaleWindow), s.Tolerance, 0, 0)
		done := make(chan struct{})
		go func() {
			defer close(done)
			controller.Run(ctx, 1)
		}()
		for range s.Steps {
			time.Sleep(period)
			synctest.Wait()
			asked = append(asked, fleet.specReplicas)
		}
		if fleet.syncs != len(s.Steps) {
			t.Errorf("%d syncs in %d periods", fleet.syncs, len(s.Steps))
		}
		cancel()
		<-done
	})
	return asked
}

func (f *fleet) take(next step) {
	f.statusReplicas = f.specReplicas
	if next.SpecReplicas != nil {
		f.specReplicas = *next.SpecReplicas
	}
	if next.StatusReplicas != nil {
		f.statusReplicas = *next.StatusReplicas
	}
	ready := int(f.statusReplicas)
	if next.ReadyPods != nil {
		ready = *next.ReadyPods
	}
	f.pods = podsOf(max(int(f.statusReplicas), ready), ready)
	f.values = map[string][]int64{}
	for i, values := range next.Values {
		if values != nil {
			f.values[metricName(i)] = allMilli(values)
		}
	}
}

// As it would be after the API server has filled in what is left out.
func (s *series) hpa() *autoscalingv2.HorizontalPodAutoscaler {
	hpa := &autoscalingv2.HorizontalPodAutoscaler{}
	hpa.Namespace, hpa.Name = namespace, "keda-hpa-"+name
	hpa.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{
		APIVersion: "apps/v1", Kind: "Deployment", Name: name}
	hpa.Spec.MinReplicas, hpa.Spec.MaxReplicas = &s.MinReplicas, s.MaxReplicas
	for i, metric := range s.Metrics {
		target := quantity(metric.Target)
		source := &autoscalingv2.ExternalMetricSource{}
		source.Metric.Name = metricName(i)
		source.Target.Type = autoscalingv2.MetricTargetType(metric.Kind)
		if metric.Kind == averageValue {
			source.Target.AverageValue = &target
		} else {
			source.Target.Value = &target
		}
		hpa.Spec.Metrics = append(hpa.Spec.Metrics, autoscalingv2.MetricSpec{
			Type: autoscalingv2.ExternalMetricSourceType, External: source})
	}
	if len(s.Behavior) > 0 {
		if err := strictly(s.Behavior, &hpa.Spec.Behavior); err != nil {
			panic(err)
		}
	}
	defaults.SetDefaults_HorizontalPodAutoscaler(hpa)
	return hpa
}

func mapper() meta.RESTMapper {
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	made := meta.NewDefaultRESTMapper([]schema.GroupVersion{apps})
	made.Add(apps.WithKind("Deployment"), meta.RESTScopeNamespace)
	return made
}

func seconds(number float64) time.Duration { return time.Duration(number * float64(time.Second)) }
