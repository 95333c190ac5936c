package cluster

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// One control plane, and on it every way in which the scaler could harm a fleet. Scenarios that
// disturb what all share come first; the others run beside each other.
func TestCluster(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel) // after the scenarios
	began := time.Now()
	cluster, err := StartCluster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("the control plane with KEDA was up after %.0f s\n", time.Since(began).Seconds())

	for _, scenario := range []struct {
		name  string
		alone bool
		run   func(*testing.T, *Cluster, string)
	}{
		{"operator-restarted", true, operatorRestarted},
		{"scaler-frozen", true, scalerFrozen},
		{"manifests", false, manifests},
		{"out-and-in", false, outAndIn},
		{"zero-and-back", false, zeroAndBack},
		{"blind", false, blind},
		{"fallback", false, fallback},
		{"scaler-restarted", false, scalerRestarted},
		{"rollout", false, rollout},
		{"scale-in", false, scaleIn},
	} {
		t.Run(scenario.name, func(t *testing.T) {
			if !scenario.alone {
				t.Parallel()
			}
			scenario.run(t, cluster, scenario.name)
		})
	}
}

// 30 streams hold six pods; what the fleet of most scenarios begins with, and may not fall below.
const many, manyPods = 30, 6

func full(t *testing.T, cluster *Cluster, name string, options FleetOptions) *Fleet {
	t.Helper()
	f := newFleet(t, cluster, name, options)
	f.Fill(many, Streamable)
	f.MayNotFall(manyPods)
	return f
}

// stillScales ends a scenario in which nothing was to happen: it would have, had anything been
// asked for.
func (f *Fleet) stillScales() {
	f.t.Helper()
	f.Fill(2*perPod, Streamable)
}

func outAndIn(t *testing.T, cluster *Cluster, name string) {
	f := newFleet(t, cluster, name, FleetOptions{})
	stop := f.Record("recording.jsonl")
	f.Fill(12, Streamable)
	f.Stays("with 12 streams", 10*time.Second, 3, 3)
	f.Crowd.Leave(9)
	f.AwaitReplicas(1, 3*time.Minute)
	f.Await("only one pod left", time.Minute, f.Settled)
	f.AwaitStreams(30 * time.Second)
	f.NothingCut()
	if recorded := stop(); recorded.Lines < 60 {
		t.Errorf("the recording has %d lines", recorded.Lines)
	}
	f.Tell()
}

// A scaler that has just started knows nothing yet: active, for the hold, and not longer. Then the
// first client wakes the fleet, long before KEDA polls again.
func zeroAndBack(t *testing.T, cluster *Cluster, name string) {
	f := newFleet(t, cluster, name, FleetOptions{Replicas: Zero, Min: Zero, Poll: 30, Gateway: true})
	f.AwaitReplicas(1, 20*time.Second)
	f.Stays("while active is held", time.Until(f.scalerBegan.Add(20*time.Second)), 1, 1)
	f.AwaitReplicas(0, 2*time.Minute)
	f.Stays("at rest", 5*time.Second, 0, 0)
	f.Crowd.Arrive(1, Streamable)
	f.AwaitReplicas(1, 15*time.Second)
	f.AwaitStreams(15 * time.Second)
	f.Stays("with one stream", 45*time.Second, 1, 1)
	f.Crowd.Leave(1)
	f.AwaitReplicas(0, 4*time.Minute)
	f.NothingCut()
	f.Tell()
}

// All clients leave while the scaler can see no pod. Nothing may happen until it sees again, nor
// may the fleet then go to zero before the hold is over, although KEDA's own cooldown has passed.
func blind(t *testing.T, cluster *Cluster, name string) {
	f := full(t, cluster, name, FleetOptions{Min: Zero, ActiveHold: "75s"})
	f.Blind()
	f.Await("the HPA without its metric", 2*time.Minute, f.MetricFails)
	f.Crowd.Leave(many)
	f.Stays("blind", 20*time.Second, manyPods, manyPods)
	f.See()
	f.MayNotFall(1)
	f.Stays("seeing again, active held", 74*time.Second, 1, manyPods)
	f.MayNotFall(0)
	f.AwaitReplicas(0, 2*time.Minute)
	f.NothingCut()
	f.Tell()
}

// KEDA's fallback grows the fleet while the scaler is blind, and never shrinks it.
func fallback(t *testing.T, cluster *Cluster, name string) {
	const higher = manyPods + 2
	f := full(t, cluster, name, FleetOptions{Fallback: higher})
	f.Blind()
	f.AwaitReplicas(higher, 3*time.Minute)
	f.Await("KEDA's condition Fallback", 30*time.Second, func() (bool, string) {
		status := f.KEDACondition("Fallback")
		return status == "True", "it is " + status
	})
	f.Stays("blind", 15*time.Second, higher, higher)
	f.See()
	f.AwaitReplicas(manyPods, 2*time.Minute)
	f.Stays("seeing again", 20*time.Second, manyPods, higher)
	f.AwaitStreams(30 * time.Second)
	f.NothingCut()
	f.Tell()
}

func scalerRestarted(t *testing.T, cluster *Cluster, name string) {
	f := full(t, cluster, name, FleetOptions{})
	f.KillScaler()
	f.Await("the HPA without its metric", time.Minute, f.MetricFails)
	f.StartScaler()
	f.Await("the HPA with its metric", time.Minute, func() (bool, string) {
		fails, why := f.MetricFails()
		return !fails, why
	})
	f.Stays("scaler restarted", 20*time.Second, manyPods, manyPods)
	f.stillScales()
	f.NothingCut()
	f.Tell()
}

func scalerFrozen(t *testing.T, cluster *Cluster, name string) {
	f := full(t, cluster, name, FleetOptions{})
	f.FreezeScaler()
	f.Stays("scaler frozen", 75*time.Second, manyPods, manyPods)
	f.UnfreezeScaler()
	f.Stays("scaler goes on", 15*time.Second, manyPods, manyPods)
	f.stillScales()
	f.NothingCut()
	f.Tell()
}

// While the operator is away, KEDA's adapter waits for it, and the HPA for the adapter.
func operatorRestarted(t *testing.T, cluster *Cluster, name string) {
	f := full(t, cluster, name, FleetOptions{})
	cluster.Plane.Operator.Kill()
	f.Stays("without the operator", 10*time.Second, manyPods, manyPods)
	if err := cluster.Plane.StartOperator(); err != nil {
		t.Fatal(err)
	}
	f.Stays("operator restarted", 30*time.Second, manyPods, manyPods)
	f.stillScales()
	f.NothingCut()
	f.Tell()
}

// Every pod is replaced, half of them at once on top of the others. Streams move from pod to pod;
// nobody may take the surge for load, nor a stream that moved for two.
func rollout(t *testing.T, cluster *Cluster, name string) {
	f := full(t, cluster, name, FleetOptions{})
	start := time.Now()
	stop := f.Record("rollout.jsonl")
	f.Rollout("2")
	f.Await("the rollout's end", 4*time.Minute, f.Settled)
	f.AwaitStreams(time.Minute)
	f.Stays("after the rollout", 30*time.Second, manyPods, manyPods)
	if _, most := f.Bounds(start); most > manyPods {
		t.Errorf("%d replicas were wanted during the rollout: %v", most, f.Timeline)
	}
	// One or two may be seen at both of its pods, which are not asked at the same moment.
	if recorded := stop(); recorded.Most > many+2 {
		t.Errorf("KEDA was told up to %.0f streams, of %d", recorded.Most, many)
	}
	if tally := f.Crowd.Tally(); tally.Ended < many {
		t.Errorf("every stream has to move at least once: %v", tally)
	}
	f.NothingCut()
	f.Tell()
}

// The pods that go are those with the most streams. Streams of both transports end properly, and
// come back elsewhere, where they are not taken for more.
func scaleIn(t *testing.T, cluster *Cluster, name string) {
	f := newFleet(t, cluster, name, FleetOptions{Image: "go-sdk-server"})
	for _, transport := range []Transport{Streamable, OldSSE, Streamable, OldSSE} {
		f.Fill(perPod, transport)
	}
	f.Crowd.Leave(2 * perPod)
	f.FullestFirst()
	f.AwaitReplicas(2, 3*time.Minute)
	f.Await("only two pods left", time.Minute, f.Settled)
	f.AwaitStreams(time.Minute)
	f.Stays("after it", 20*time.Second, 2, 2)
	if tally := f.Crowd.Tally(); tally.Ended < perPod {
		t.Errorf("half of the streams have to move, or this shows little: %v", tally)
	}
	f.NothingCut()
	f.Tell()
}
