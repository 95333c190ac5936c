package cluster

import (
	"fmt"
	"time"
)

const look = 200 * time.Millisecond

// MayNotFall has all that follows in the test fail as soon as fewer than `replicas` are wanted.
// 0 allows everything again.
func (f *Fleet) MayNotFall(replicas int32) {
	f.floor, f.floorSince = replicas, time.Now()
}

func (f *Fleet) checkFloor() {
	f.t.Helper()
	if f.floor == 0 {
		return
	}
	if low, _ := f.Bounds(f.floorSince); low < f.floor {
		f.t.Fatalf("%d replicas were wanted, not %d at least; over time: %v", low, f.floor, f.Timeline)
	}
}

// Await returns when `condition` holds, and fails the test when it does not within `limit`: what
// was awaited, and what was last seen.
func (f *Fleet) Await(what string, limit time.Duration, condition func() (bool, string)) {
	f.t.Helper()
	began := time.Now()
	for {
		f.checkFloor()
		holds, seen := condition()
		if holds {
			return
		}
		if time.Since(began) > limit {
			f.t.Fatalf("awaited for %v: %s; seen: %s", limit, what, seen)
		}
		time.Sleep(look)
	}
}

// AwaitReplicas returns when `count` replicas are wanted, there and ready.
func (f *Fleet) AwaitReplicas(count int32, limit time.Duration) {
	f.t.Helper()
	f.Await(fmt.Sprintf("%d replicas, all ready", count), limit, func() (bool, string) {
		now := f.Now()
		return now.Spec == count && now.Status == count && now.Ready == count,
			fmt.Sprintf("%d wanted, %d there, %d ready (wanted over time: %v)", now.Spec, now.Status,
				now.Ready, f.Timeline)
	})
}

// AwaitStreams returns when every client holds a stream.
func (f *Fleet) AwaitStreams(limit time.Duration) {
	f.t.Helper()
	f.Await(fmt.Sprintf("a stream for each of %d clients", f.Crowd.Count()), limit,
		func() (bool, string) {
			tally := f.Crowd.Tally()
			return tally.Live == f.Crowd.Count(), tally.String()
		})
}

// Fill has `count` clients come, and returns when they hold streams and the fleet has as many pods
// as they need.
func (f *Fleet) Fill(count int, transport Transport) {
	f.t.Helper()
	f.Crowd.Arrive(count, transport)
	f.AwaitStreams(30 * time.Second)
	f.AwaitReplicas(int32((f.Crowd.Count()+perPod-1)/perPod), 90*time.Second)
}

// Stays fails the test unless `least` to `most` replicas are wanted for as long as `length`.
func (f *Fleet) Stays(what string, length time.Duration, least, most int32) {
	f.t.Helper()
	start := time.Now()
	for ; time.Since(start) < length; time.Sleep(look) {
		f.checkFloor()
		if low, high := f.Bounds(start); low < least || high > most {
			f.t.Fatalf("%s: %d to %d replicas were wanted, not %d to %d; over time: %v", what, low, high,
				least, most, f.Timeline)
		}
	}
}

// NothingCut fails the test if a stream broke or a call was lost.
func (f *Fleet) NothingCut() {
	f.t.Helper()
	if cuts := f.Crowd.Cuts(); len(cuts) > 0 {
		f.t.Errorf("%v: %q", f.Crowd.Tally(), cuts)
	}
}

// Tell prints what was seen, as the closing line of a scenario. It stands there without -test.v.
func (f *Fleet) Tell() {
	verdict := "ok"
	if f.t.Failed() {
		verdict = "FAILED"
	}
	fmt.Printf("%s: %s after %.0f s; replicas %v; %v\n", f.Name, verdict,
		time.Since(f.began).Seconds(), f.Timeline, f.Crowd.Tally())
}
