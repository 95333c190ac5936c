package keda

import (
	"strings"
	"sync"
	"testing"

	"github.com/kedacore/keda/v2/pkg/scalers"
)

func TestTheValueIsTheWholeFleets(t *testing.T) {
	t.Parallel()
	pods := []*pod{newPod(t), newPod(t), newPod(t)}
	var addresses []string
	for i, pod := range pods {
		pod.open(i) // 0, 1 and 2
		addresses = append(addresses, pod.http)
	}
	scaler := newScaler(t, nil, addresses...)
	keda := scaler.keda(t, connections(nil))
	keda.waitFor("three streams", "connections", func(a answer) bool { return a.value == 3 })
	pods[0].open(4)
	got := keda.waitFor("seven streams", "connections", func(a answer) bool { return a.value == 7 })
	if !got.active {
		t.Errorf("KEDA hears: %v", got)
	}
}

func TestAValueMayHaveDecimals(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(3)
	scaler := newScaler(t, nil, member.http)
	keda := scaler.keda(t, connections(map[string]string{"buffer": "0.125"}))
	keda.waitFor("3.125", "connections", func(a answer) bool { return a.value == 3.125 })
}

// KEDA and the HPA do not look at a name's case.
func TestAMetricIsFoundWithoutItsCase(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(2)
	scaler := newScaler(t, nil, member.http)
	keda := scaler.keda(t, connections(nil))
	for _, name := range []string{"connections", "Connections", "CONNECTIONS"} {
		keda.waitFor(name, name, func(a answer) bool { return a.value == 2 })
	}
	if !strings.EqualFold(keda.spec().Metric.Name, "S0-Connections") {
		t.Errorf("the metric is %s", keda.spec().Metric.Name)
	}
}

// The trigger's index is KEDA's own affair.
func TestEveryIndexOfATriggerIsAnswered(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(2)
	scaler := newScaler(t, nil, member.http)
	for _, index := range []int{0, 1, 9, 10, 123} {
		asked := connections(nil)
		asked.index = index
		scaler.keda(t, asked).waitFor("two streams", "connections",
			func(a answer) bool { return a.value == 2 })
	}
}

func TestAThousandCallsAtOnceAreAllAnswered(t *testing.T) {
	t.Parallel()
	const calls = 1000
	member := newPod(t)
	member.open(2)
	scaler := newScaler(t, nil, member.http)
	first := scaler.keda(t, connections(nil))
	first.waitFor("two streams", "connections", func(a answer) bool { return a.value == 2 })

	made, err := scalers.NewExternalScaler(scaler.config(connections(nil)))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	begin := make(chan struct{})
	wrong := make(chan string, calls)
	for range calls {
		group.Go(func() {
			<-begin
			ctx, cancel := bounded()
			defer cancel()
			values, active, err := made.GetMetricsAndActivity(ctx, "s0-connections")
			switch {
			case err != nil:
				wrong <- err.Error()
			case len(values) != 1 || values[0].Value.Value() != 2 || !active:
				wrong <- values[0].Value.String()
			}
		})
	}
	close(begin)
	group.Wait()
	close(wrong)
	for answer := range wrong {
		t.Errorf("one was answered: %s (and perhaps %d more)", answer, len(wrong))
		break
	}
}
