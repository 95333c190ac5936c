package keda

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
	"k8s.io/client-go/tools/events"
)

// Every trigger of k8s/ is made by KEDA, and has the metric that the HPA is made with.
func TestKEDATakesEachTriggerThatOperatorsCopy(t *testing.T) {
	t.Parallel()
	address := scalerOfTheManifests(t)
	count := map[string]int{}
	for _, one := range writtenTriggers(t) {
		count[one.Type]++
		if err := one.accepted(address); err != nil {
			t.Errorf("%s: %v", one.where, err)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf("%d of %s\n", count[kind], kind)
	}
	if len(count) == 0 {
		t.Error("no trigger is there")
	}
}

// One that nobody can mean is refused, whatever its type: nothing of the above holds by itself.
func TestKEDARefusesATriggerThatIsMisspelt(t *testing.T) {
	t.Parallel()
	address := scalerOfTheManifests(t)
	seen := map[string]bool{}
	for _, one := range writtenTriggers(t) {
		kind := fmt.Sprint(one.Type, one.auth != nil)
		if seen[kind] || one.ofTheAddOn() {
			continue
		}
		seen[kind] = true
		for key, value := range one.Metadata {
			other := one
			other.Metadata = maps.Clone(one.Metadata)
			delete(other.Metadata, key)
			other.Metadata[key+"s"] = value
			if err := other.accepted(address); err == nil {
				t.Errorf("%s: taken with %ss", one.where, key)
			}
		}
		if one.auth == nil || one.auth.SecretTargetRef == nil {
			continue
		}
		other := one
		other.auth = one.auth.DeepCopy()
		other.auth.SecretTargetRef[0].Parameter += "s"
		if err := other.accepted(address); err == nil {
			t.Errorf("%s: taken with the parameter %s", one.where, other.auth.SecretTargetRef[0].Parameter)
		}
	}
}

// The running program with every fleet that a trigger names.
func scalerOfTheManifests(t *testing.T) string {
	t.Helper()
	s := &scaler{t: t, port: freePort(t)}
	s.section = section(s.port, nil, nobody)
	names := map[string]bool{}
	for _, one := range writtenTriggers(t) {
		names[one.Metadata["fleet"]] = true
	}
	fleets := []any{}
	for name := range names {
		fleet := map[string]any{"name": name, "members": map[string]any{"static": []string{nobody}}}
		if name == "search.v2" { // whose trigger leaves it to the policy, in the chart's values
			fleet["policy"] = map[string]any{"concurrencyPerPod": "8"}
		}
		if name != "" { // a trigger of others
			fleets = append(fleets, fleet)
		}
	}
	s.section["fleets"] = fleets
	s.start()
	return fmt.Sprintf("127.0.0.1:%d", s.port)
}

// Those whose constructor connects to what this key says, and how they tell that nobody is there.
var connecting = map[string]struct{ key, failure string }{
	"kafka": {"bootstrapServers", "error creating kafka client"},
	"redis": {"address", "connection to redis failed"},
}

// Says what of the trigger is not as KEDA wants it, or the scaler that it leads to. Nothing outside
// of the machine is asked.
func (w written) accepted(scaler string) error {
	config := w.config()
	connects := connecting[w.Type]
	if config.TriggerMetadata[connects.key] != "" {
		config.TriggerMetadata[connects.key] = nobody
	}
	ctx, cancel := bounded()
	defer cancel()
	made, err := build(ctx, config)
	if connects.failure != "" && err != nil && strings.Contains(err.Error(), connects.failure) {
		return w.unknown(ctx, config) // it connects when all of its metadata is read
	}
	if err != nil {
		return err
	}
	defer made.Close(ctx)
	if err := w.unknown(ctx, config); err != nil || w.ofTheAddOn() {
		return err
	}
	if w.external() { // ours: it is told all of the metadata, in its tests without TLS
		config.AuthParams = nil
		config.TriggerMetadata["scalerAddress"] = scaler
		if made, err = build(ctx, config); err != nil {
			return err
		}
	}
	if len(made.GetMetricSpecForScaling(ctx)) != 1 {
		return errors.New("it has no metric")
	}
	return nil
}

func (w written) external() bool { return strings.HasPrefix(w.Type, "external") }

// It leads to the scaler of KEDA's HTTP add-on, which is not here: KEDA makes it, no more is known.
func (w written) ofTheAddOn() bool { return w.Metadata["interceptorRoute"] != "" }

// The first key that KEDA does not know: it ignores such, but for an event when it is asked to look
// (by the environment, see TestMain). It looks at metadata only, hence with the parameters in it.
func (w written) unknown(ctx context.Context, config *scalersconfig.ScalerConfig) error {
	recorder := events.NewFakeRecorder(100)
	look := *config
	look.Recorder = recorder
	look.TriggerMetadata = maps.Clone(config.TriggerMetadata)
	maps.Copy(look.TriggerMetadata, w.parameters())
	if made, err := build(ctx, &look); err == nil {
		made.Close(ctx)
	}
	for len(recorder.Events) > 0 {
		event := <-recorder.Events
		_, key, _ := strings.Cut(event, "Unmatched input property ")
		key, _, _ = strings.Cut(key, " ")
		if _, inMetadata := w.Metadata[key]; w.external() && inMetadata {
			continue // for the scaler that it leads to
		}
		return errors.New(event)
	}
	return nil
}
