package keda

import (
	"testing"
	"time"
)

func isActive(a answer) bool   { return a.err == nil && a.active }
func isInactive(a answer) bool { return a.err == nil && !a.active }

// After a start KEDA may have no cooldown left: the first "not active" scales to zero at once.
func TestItIsActiveUntilTheHoldIsOver(t *testing.T) {
	t.Parallel()
	const hold = 75 * time.Second // longer than the scaler holds it anyway
	member := newPod(t)
	scaler := newScaler(t, nil, member.http)
	started := time.Now()
	keda := scaler.keda(t, connections(map[string]string{"activeHold": "75s"}))
	keda.waitFor("it is active", "connections", isActive)
	keda.waitFor("it is not active", "connections", func(a answer) bool {
		if a.err != nil {
			t.Fatalf("KEDA hears: %v", a)
		}
		return !a.active
	})
	if held := time.Since(started); held < hold-time.Second {
		t.Errorf("not active after %v", held)
	}
}

func TestActivityFollowsTheStreams(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	scaler := newScaler(t, nil, member.http)
	keda := scaler.keda(t, connections(nil))
	keda.waitFor("nobody is there", "connections", isInactive)
	closeAll := member.open(1)
	keda.waitFor("one is there", "connections", isActive)
	closeAll()
	keda.waitFor("nobody is there any more", "connections", isInactive)
}

func TestActivationSetsTheBar(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(2)
	scaler := newScaler(t, nil, member.http)
	keda := scaler.keda(t, connections(map[string]string{"activation": "2"}))
	keda.waitFor("two are no more than two", "connections", isInactive)
	member.open(1)
	keda.waitFor("three are", "connections", isActive)
}

// KEDA scales to zero by activity alone: with "not active" the value must be what allows it.
func TestNotActiveMeansThatNothingIsThere(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	scaler := newScaler(t, nil, member.http)
	keda := scaler.keda(t, connections(nil))
	got := keda.waitFor("nobody is there", "connections", isInactive)
	if got.value != 0 {
		t.Errorf("KEDA hears: %v", got)
	}
}
