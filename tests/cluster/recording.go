package cluster

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/external_metrics/v1beta1"
)

// A recording is what the HPA was told and what became of it, for a simulator to be held against:
// one object with the parameters, then one for each look, each on a line of its own.
type parameters struct {
	HPA  any `json:"hpa"` // its spec, as KEDA wrote it
	Sync any `json:"hpa_sync_seconds"`
	Poll any `json:"keda_poll_seconds"`
	Cool any `json:"keda_cooldown_seconds"`
}

type record struct {
	T              float64 `json:"t"`     // seconds since the recording began
	Value          float64 `json:"value"` // what the HPA gets when it asks now
	Error          string  `json:"error,omitempty"`
	Target         float64 `json:"target"`
	SpecReplicas   int32   `json:"spec_replicas"`
	StatusReplicas int32   `json:"status_replicas"`
}

// Recorded is what a recording came to.
type Recorded struct {
	Lines int
	Most  float64 // the greatest value
}

// Record writes the file until the returned function is called, which the test must do.
func (f *Fleet) Record(file string) (stop func() Recorded) {
	f.t.Helper()
	out, err := os.Create(filepath.Join(os.Getenv("CLUSTER_BUILD"), file))
	f.must(err)
	f.Await("the HPA", time.Minute, func() (bool, string) {
		hpa, err := f.HPA()
		return err == nil && len(hpa.Spec.Metrics) == 1, "none with one metric"
	})
	hpa, err := f.HPA()
	f.must(err)
	ctx, cancel := context.WithCancel(f.ctx)
	done := make(chan Recorded)
	go func() {
		defer out.Close()
		done <- f.record(ctx, json.NewEncoder(out), hpa.Spec)
	}()
	return func() Recorded {
		cancel()
		return <-done
	}
}

func (f *Fleet) record(ctx context.Context, out *json.Encoder,
	spec autoscalingv2.HorizontalPodAutoscalerSpec) Recorded {
	out.Encode(parameters{spec, hpaSync.Seconds(), 5, 10})
	metric := spec.Metrics[0].External
	began := time.Now()
	var recorded Recorded
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		now := f.Now()
		value, err := f.externalMetric(ctx, metric.Metric.Name,
			metav1.FormatLabelSelector(metric.Metric.Selector))
		if ctx.Err() != nil {
			return recorded
		}
		line := record{T: time.Since(began).Seconds(), Value: value, SpecReplicas: now.Spec,
			StatusReplicas: now.Status, Target: metric.Target.AverageValue.AsApproximateFloat64()}
		if err != nil {
			line.Error = err.Error()
		}
		out.Encode(line)
		recorded.Lines++
		recorded.Most = max(recorded.Most, value)
		select {
		case <-ctx.Done():
			return recorded
		case <-tick.C:
		}
	}
}

// externalMetric asks as the HPA does: the API server, which asks KEDA's adapter, and so on.
func (f *Fleet) externalMetric(ctx context.Context, name, selector string) (float64, error) {
	body, err := f.cluster.Plane.Client.RESTClient().Get().
		AbsPath(externalMetrics, "namespaces", Namespace, name).
		Param("labelSelector", selector).DoRaw(ctx)
	if err != nil {
		return 0, err
	}
	var list v1beta1.ExternalMetricValueList
	if err := json.Unmarshal(body, &list); err != nil {
		return 0, err
	}
	sum := 0.0
	for _, item := range list.Items {
		sum += item.Value.AsApproximateFloat64()
	}
	return sum, nil
}
