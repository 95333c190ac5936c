package keda

import (
	"strings"
	"testing"
)

// A trigger that can't be meant is refused at every call, and the message names the key.
func TestABadTriggerIsRefusedByTheNameOfItsKey(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	scaler := newScaler(t, nil, member.http)
	for _, one := range []struct{ key, value, fragment string }{
		{"fleet", "", `fleet: "" `},
		{"metric", "", `metric: "" `},
		{"metric", "cpu", `metric: "cpu" `},
		{"metric", "Connections", `metric: "Connections" `},
		{"kinds", "", `kinds: "" `},
		{"kinds", ", ,", `kinds: ", ," `},
		{"kinds", "sse,websocket", `kinds: "sse,websocket" `},
		{"connectionsPerPod", "", `connectionsPerPod: "" `},
		{"connectionsPerPod", "0", `connectionsPerPod: "0" `},
		{"connectionsPerPod", "-50", `connectionsPerPod: "-50" `},
		{"connectionsPerPod", "50,5", `connectionsPerPod: "50,5" `},
		{"connectionsPerPod", "many", `connectionsPerPod: "many" `},
		{"connectionsPerPod", "NaN", `connectionsPerPod: "NaN" `},
		{"connectionsPerPod", "Inf", `connectionsPerPod: "Inf" `},
		{"connectionsPerPod", "1e309", `connectionsPerPod: "1e309" `},
		{"connectionsPerPod", "1e9", `connectionsPerPod: "1e9" `},
		{"connectionsPerPod", "50\n", `connectionsPerPod: "50?" `},
		{"connectionsPerPod", strings.Repeat("9", 100_000), `connectionsPerPod: "999`},
		{"concurrencyPerPod", "0", `concurrencyPerPod: "0" `},
		{"concurrencyPerPod", "-1", `concurrencyPerPod: "-1" `},
		{"latencyTarget", "", `latencyTarget: "" `},
		{"latencyTarget", "2", `latencyTarget: "2" `},
		{"latencyTarget", "0s", `latencyTarget: "0s" `},
		{"latencyTarget", "-1s", `latencyTarget: "-1s" `},
		{"latencyTarget", "25h", `latencyTarget: "25h" `},
		{"latencyTarget", "NaNs", `latencyTarget: "NaNs" `},
		{"latencyQuantile", "95", `latencyQuantile: "95" `},
		{"latencyQuantile", "1", `latencyQuantile: "1" `},
		{"latencyQuantile", "p95", `latencyQuantile: "p95" `},
		{"buffer", "-1", `buffer: "-1" `},
		{"buffer", "10%", `buffer: "10%" `},
		{"activation", "-1", `activation: "-1" `},
		{"activation", "NaN", `activation: "NaN" `},
		{"hpaTolerance", "-0.1", `hpaTolerance: "-0.1" `},
		{"hpaTolerance", "10%", `hpaTolerance: "10%" `},
		{"hpaTolerance", "2", `hpaTolerance: "2" `},
		{"activeHold", "0s", `activeHold: "0s" `},
		{"activeHold", "for ever", `activeHold: "for ever" `},
		{"conectionsPerPod", "50", `"conectionsPerPod" is no key of this scaler`},
	} {
		name := one.key + "=" + one.value[:min(len(one.value), 20)]
		t.Run(name, func(t *testing.T) {
			refused(t, scaler, connections(map[string]string{one.key: one.value}),
				"InvalidArgument", one.fragment)
		})
	}
	t.Run("no fleet", func(t *testing.T) {
		asked := connections(nil)
		delete(asked.metadata, "fleet")
		refused(t, scaler, asked, "InvalidArgument", "fleet: is missing")
	})
	t.Run("no number for concurrency", func(t *testing.T) {
		asked := connections(map[string]string{"metric": "concurrency"})
		refused(t, scaler, asked, "InvalidArgument", "concurrencyPerPod: is missing")
	})
	t.Run("another fleet", func(t *testing.T) {
		asked := connections(map[string]string{"fleet": "others"})
		refused(t, scaler, asked, "NotFound", `fleet: "others" is no fleet of this scaler`)
	})
}

func refused(t *testing.T, scaler *scaler, asked trigger, code, fragment string) {
	t.Helper()
	keda := scaler.keda(t, asked)
	got := keda.ask("connections")
	if !got.fails("code = "+code+" ") || !got.fails(fragment) {
		t.Errorf("KEDA hears: %v", got)
	}
	if got.err != nil && len(got.err.Error()) > 1000 {
		t.Errorf("the message has %d characters", len(got.err.Error()))
	}
	if spec := keda.spec(); spec != nil {
		t.Errorf("there is a metric all the same: %v", spec)
	}
}

// One trigger that is wrong is no other trigger's trouble.
func TestABadTriggerDisturbsNoOther(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(2)
	scaler := newScaler(t, nil, member.http)
	good := scaler.keda(t, connections(nil))
	good.waitFor("two streams", "connections", func(a answer) bool { return a.value == 2 })
	for range 20 {
		bad := scaler.keda(t, connections(map[string]string{"connectionsPerPod": "none"}))
		if got := bad.ask("connections"); got.err == nil {
			t.Fatalf("KEDA hears: %v", got)
		}
		if got := good.ask("connections"); got.err != nil || got.value != 2 {
			t.Fatalf("KEDA hears: %v", got)
		}
	}
}

// Without a member that answers there is no number and no "not active": an error, which says why.
// The metric itself stays, since KEDA's fallback lives on it.
func TestBlindItFailsAndKeepsTheSpec(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	for _, metric := range []string{"load", "connections", "concurrency", "latency"} {
		asked := connections(map[string]string{"metric": metric, "concurrencyPerPod": "5"})
		keda := scaler.keda(t, asked)
		keda.waitFor(metric+" fails", metric, func(a answer) bool {
			if a.err == nil {
				t.Fatalf("%s, blind: %v", metric, a)
			}
			return a.fails("code = Unavailable ")
		})
		// It is the scaler that says so, with the reason, and not KEDA's connection.
		if got := keda.ask(metric); !got.fails("member") || !got.fails(nobody) {
			t.Errorf("%s, blind: %v", metric, got)
		}
		if spec := keda.spec(); spec == nil || spec.Metric.Name != "s0-"+metric {
			t.Errorf("%s, blind, has no metric: KEDA's fallback would be off", metric)
		}
	}
}
