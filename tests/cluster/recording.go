package cluster

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

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

// Record writes the file until the returned function is called, which tells how many lines it has.
func (f *Fleet) Record(file string) (stop func() int) {
	f.t.Helper()
	out, err := os.Create(filepath.Join(os.Getenv("CLUSTER_BUILD"), file))
	if err != nil {
		f.t.Fatal(err)
	}
	f.Await("the HPA", time.Minute, func() (bool, string) {
		hpa, err := f.HPA()
		return err == nil && len(hpa.Spec.Metrics) == 1, "none with one metric"
	})
	hpa, err := f.HPA()
	if err != nil {
		f.t.Fatal(err)
	}
	encoder := json.NewEncoder(out)
	encoder.Encode(parameters{hpa.Spec, hpaSync.Seconds(), 5, 10})
	metric := hpa.Spec.Metrics[0].External
	began := time.Now()
	ctx, cancel := context.WithCancel(f.ctx)
	lines := make(chan int)
	go func() {
		count := 0
		for tick := time.NewTicker(500 * time.Millisecond); ctx.Err() == nil; {
			now := f.Now()
			line := record{T: time.Since(began).Seconds(), SpecReplicas: now.Spec,
				StatusReplicas: now.Status, Target: metric.Target.AverageValue.AsApproximateFloat64()}
			value, err := f.externalMetric(ctx, metric.Metric.Name,
				metav1.FormatLabelSelector(metric.Metric.Selector))
			if line.Value = value; err != nil {
				line.Error = err.Error()
			}
			encoder.Encode(line)
			count++
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
		lines <- count
	}()
	return func() int {
		cancel()
		defer out.Close()
		return <-lines
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
