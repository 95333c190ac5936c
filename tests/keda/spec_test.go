package keda

import (
	"regexp"
	"testing"

	v2 "k8s.io/api/autoscaling/v2"
)

// Nobody listens there: what follows from the trigger alone is answered blind.
const nobody = "127.0.0.1:1"

// What KEDA accepts as the name of a metric.
var legalName = regexp.MustCompile(`^[-._0-9A-Za-z]+$`)

func TestTheSpecFollowsFromTheTrigger(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	for _, one := range []struct {
		about    string
		metadata map[string]string
		name     string
		target   int64 // in thousandths
	}{
		{"the default", map[string]string{"metric": "load"}, "s0-load", 1000},
		{"no metric named", map[string]string{}, "s0-load", 1000},
		{"streams", map[string]string{"metric": "connections"}, "s0-connections", 50_000},
		{"a whole target",
			map[string]string{"metric": "connections", "connectionsPerPod": "120"},
			"s0-connections", 120_000},
		{"a target with decimals",
			map[string]string{"metric": "connections", "connectionsPerPod": "50.5"},
			"s0-connections", 50_500},
		{"a target below one",
			map[string]string{"metric": "connections", "connectionsPerPod": "0.125"},
			"s0-connections", 125},
		{"operations",
			map[string]string{"metric": "concurrency", "concurrencyPerPod": "12.25"},
			"s0-concurrency", 12_250},
		{"pods, by latency",
			map[string]string{"metric": "latency", "latencyTarget": "500ms"}, "s0-latency", 1000},
	} {
		t.Run(one.about, func(t *testing.T) {
			one.metadata["fleet"] = fleet
			keda := scaler.keda(t, trigger{metadata: one.metadata})
			spec := keda.spec()
			if spec == nil {
				t.Fatal("no metric: there would be no HPA")
			}
			if spec.Metric.Name != one.name || !legalName.MatchString(spec.Metric.Name) {
				t.Errorf("the metric is %q, not %q", spec.Metric.Name, one.name)
			}
			if spec.Target.Type != v2.AverageValueMetricType {
				t.Errorf("it is meant as %s", spec.Target.Type)
			}
			if got := spec.Target.AverageValue.MilliValue(); got != one.target {
				t.Errorf("the target is %d thousandths, not %d", got, one.target)
			}
		})
	}
}

func TestTheSpecCarriesTheTriggersIndexAndType(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	third := connections(map[string]string{"connectionsPerPod": "2.5"})
	third.index = 3
	third.kind = v2.ValueMetricType
	spec := scaler.keda(t, third).spec()
	if spec.Metric.Name != "s3-connections" {
		t.Errorf("the metric is %q", spec.Metric.Name)
	}
	if spec.Target.Value == nil || spec.Target.Value.MilliValue() != 2500 {
		t.Errorf("the target is %v", spec.Target)
	}
}

// A key that ends in FromEnv arrives under its own name with the variable's value, or not at all.
func TestValuesMayComeFromTheEnvironment(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	for _, one := range []struct {
		about  string
		env    map[string]string
		target int64 // in thousandths
	}{
		{"set", map[string]string{"PER_POD": "12.5"}, 12_500},
		{"not set", map[string]string{}, 50_000},
		{"empty", map[string]string{"PER_POD": ""}, 50_000},
	} {
		t.Run(one.about, func(t *testing.T) {
			asked := connections(map[string]string{"connectionsPerPodFromEnv": "PER_POD"})
			asked.env = one.env
			spec := scaler.keda(t, asked).spec()
			if got := spec.Target.AverageValue.MilliValue(); got != one.target {
				t.Errorf("the target is %d thousandths, not %d", got, one.target)
			}
		})
	}
	t.Run("absurd", func(t *testing.T) {
		asked := connections(map[string]string{"connectionsPerPodFromEnv": "PER_POD"})
		asked.env = map[string]string{"PER_POD": "many"}
		keda := scaler.keda(t, asked)
		if got := keda.ask("connections"); !got.fails(`connectionsPerPodFromEnv: "many" `) {
			t.Errorf("KEDA hears: %v", got)
		}
	})
	t.Run("the fleet itself", func(t *testing.T) {
		asked := connections(map[string]string{"fleetFromEnv": "FLEET"})
		delete(asked.metadata, "fleet")
		asked.env = map[string]string{"FLEET": fleet}
		if scaler.keda(t, asked).spec() == nil {
			t.Error("the fleet is not found")
		}
	})
}

// KEDA reads these itself, and sends them with the rest.
func TestKedasOwnKeysAreNoneOfTheScalers(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	asked := connections(map[string]string{"enableTLS": "false", "unsafeSsl": "false"})
	if scaler.keda(t, asked).spec() == nil {
		t.Error("refused")
	}
}
