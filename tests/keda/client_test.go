package keda

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/kedacore/keda/v2/pkg/scalers"
	v2 "k8s.io/api/autoscaling/v2"
)

// KEDA's view of a trigger of type `external`.
type keda struct {
	t      *testing.T
	scaler scalers.Scaler
	index  int
}

func (s *scaler) keda(t *testing.T, of trigger) *keda {
	t.Helper()
	made, err := scalers.NewExternalScaler(s.config(of))
	if err != nil {
		t.Fatal(err)
	}
	return &keda{t, made, of.index}
}

// What the HPA would be made with; nil where KEDA has got none.
func (k *keda) spec() *v2.ExternalMetricSource {
	k.t.Helper()
	ctx, cancel := bounded()
	defer cancel()
	specs := k.scaler.GetMetricSpecForScaling(ctx)
	if len(specs) == 0 {
		return nil
	}
	if len(specs) > 1 {
		k.t.Errorf("one trigger has %d metrics", len(specs))
	}
	return specs[0].External
}

// What the HPA would get, and what KEDA does by it.
type answer struct {
	value  float64
	active bool
	err    error
}

func (k *keda) ask(metric string) answer {
	k.t.Helper()
	name := fmt.Sprintf("s%d-%s", k.index, metric)
	ctx, cancel := bounded()
	defer cancel()
	values, active, err := k.scaler.GetMetricsAndActivity(ctx, name)
	if err != nil {
		return answer{err: err}
	}
	if len(values) != 1 || values[0].MetricName != name {
		k.t.Fatalf("not one value, by the name that was asked for: %v", values)
	}
	return answer{value: float64(values[0].Value.MilliValue()) / 1000, active: active}
}

func (a answer) fails(with string) bool {
	return a.err != nil && strings.Contains(a.err.Error(), with)
}

func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("%g, active: %v", a.value, a.active)
}

// KEDA gives its calls no deadline; the tests do, since a hang is a failure.
func bounded() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// The answer as soon as it is such; for everything that members must be asked for first.
func (k *keda) waitFor(what, metric string, condition func(answer) bool) answer {
	k.t.Helper()
	var last answer
	defer func() {
		if k.t.Failed() {
			k.t.Logf("KEDA heard last: %v", last)
		}
	}()
	eventually(k.t, what, func() bool {
		last = k.ask(metric)
		return condition(last)
	})
	return last
}
