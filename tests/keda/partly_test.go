package keda

import (
	"syscall"
	"testing"
	"time"
)

// A member that is gone or hangs counts as it was last heard: what is known may not shrink.
func TestASilentMemberCountsAsItWasHeardLast(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{
		"killed": kill, "hanging": syscall.SIGSTOP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steady, dying := newPod(t), newPod(t)
			steady.open(1)
			dying.open(3)
			scaler := newScaler(t, nil, steady.http, dying.http)
			keda := scaler.keda(t, connections(nil))
			keda.waitFor("four streams", "connections",
				func(a answer) bool { return a.value == 4 })
			dying.sidecar.signal(signal)
			// A stream more on the other is news that comes after the silence.
			steady.open(1)
			keda.waitFor("five streams", "connections", func(a answer) bool {
				if a.err != nil || !a.active || a.value < 4 {
					t.Fatalf("KEDA hears: %v", a)
				}
				return a.value == 5
			})
		})
	}
}

// Of a member that was never heard nothing is known: two are there, and no answer may mean one.
func TestAMemberThatWasNeverHeardLetsNothingShrink(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	member.open(1)
	scaler := newScaler(t, nil, member.http, nobody)
	for _, metric := range []string{"connections", "load"} {
		asked := connections(map[string]string{"metric": metric})
		keda := scaler.keda(t, asked)
		perPod := keda.spec().Target.AverageValue.AsApproximateFloat64()
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
			got := keda.ask(metric)
			if got.err == nil && (!got.active || got.value < 2*perPod) {
				t.Errorf("of two members one is heard: %s is %v, for %g a pod", metric, got, perPod)
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// The HPA may look at any moment of a scaler's start.
func TestARestartNeverTellsLess(t *testing.T) {
	t.Parallel()
	few, many := newPod(t), newPod(t)
	few.open(2)
	many.open(30)
	scaler := newScaler(t, nil, few.http, many.http)
	keda := scaler.keda(t, connections(nil))
	keda.waitFor("all streams", "connections", func(a answer) bool { return a.value == 32 })
	// The scaler leaves with the members what the next is to know.
	time.Sleep(3 * time.Second)
	for round := range 5 {
		scaler.process.end(kill)
		scaler.launch()
		answers := 0
		for begin := time.Now(); answers < 100 && time.Since(begin) < patience; {
			got := keda.ask("connections")
			if got.err != nil {
				time.Sleep(time.Millisecond)
				continue
			}
			answers++
			if got.value < 32 || !got.active {
				t.Fatalf("in round %d: %v", round, got)
			}
		}
		if answers == 0 {
			t.Fatalf("in round %d: never an answer", round)
		}
	}
}

// The same program beside one server may be its scaler too.
func TestASidecarMayScaleItsOwnPod(t *testing.T) {
	t.Parallel()
	both := &pod{t: t}
	server := both.serve()
	scaler := &scaler{t: t, port: freePort(t)}
	scaler.section = section(scaler.port, nil, "self")
	both.sidecar = run(t, map[string]any{
		"http":   map[string]any{"listen": "127.0.0.1:0"},
		"proxy":  both.proxy(server),
		"scaler": scaler.section,
	})
	scaler.process = both.sidecar
	scaler.process.says(`msg=(started)`)
	both.open(3)
	scaler.keda(t, connections(nil)).
		waitFor("three streams", "connections", func(a answer) bool { return a.value == 3 })
}
