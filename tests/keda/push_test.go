package keda

import (
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"

	"github.com/kedacore/keda/v2/pkg/scalers"
	"github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	kill      = syscall.SIGKILL
	terminate = syscall.SIGTERM
)

// What KEDA hears of a trigger of type `external-push`.
type pushes struct {
	mutex sync.Mutex
	said  []bool
}

// Lets KEDA's loop run until the test ends.
func (s *scaler) listen(t *testing.T, of trigger) *pushes {
	t.Helper()
	made, err := scalers.NewExternalPushScaler(s.config(of))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	active := make(chan bool)
	heard := &pushes{}
	done := make(chan struct{})
	go made.Run(ctx, active)
	go func() {
		defer close(done)
		for value := range active {
			heard.mutex.Lock()
			heard.said = append(heard.said, value)
			heard.mutex.Unlock()
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return heard
}

func (p *pushes) all() []bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return append([]bool(nil), p.said...)
}

// Without those that say again what was said before.
func (p *pushes) changes() (changes []bool) {
	for _, value := range p.all() {
		if len(changes) == 0 || changes[len(changes)-1] != value {
			changes = append(changes, value)
		}
	}
	return changes
}

func TestEveryChangeIsPushed(t *testing.T) {
	t.Parallel()
	member := newPod(t)
	scaler := newScaler(t, nil, member.http)
	asked := connections(nil)
	pushed := scaler.listen(t, asked)
	keda := scaler.keda(t, asked)
	is := func(wanted ...bool) {
		t.Helper()
		text := fmt.Sprint(wanted)
		eventually(t, "KEDA hears "+text, func() bool { return fmt.Sprint(pushed.changes()) == text })
		keda.waitFor("what is polled agrees", "connections",
			func(a answer) bool { return a.err == nil && a.active == wanted[len(wanted)-1] })
	}
	is(true, false) // the hold, and its end
	closeAll := member.open(1)
	is(true, false, true)
	closeAll()
	is(true, false, true, false)
}

// Whatever becomes of the scaler, a fleet with streams hears no "not active".
func TestARestartUnderALivePushSaysTrueAgainAndNeverFalse(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"ended": terminate, "killed": kill} {
		for about, streams := range map[string]int{"with streams": 2, "within the hold": 0} {
			t.Run(name+" "+about, func(t *testing.T) {
				t.Parallel()
				restartUnderPush(t, signal, streams)
			})
		}
	}
}

func restartUnderPush(t *testing.T, signal syscall.Signal, streams int) {
	member := newPod(t)
	member.open(streams)
	scaler := newScaler(t, nil, member.http)
	asked := connections(nil)
	if streams == 0 {
		asked.metadata["activeHold"] = "300s"
	}
	pushed := scaler.listen(t, asked)
	keda := scaler.keda(t, asked)
	for round := range 3 {
		before := len(pushed.all())
		if round > 0 {
			scaler.restart(signal)
		}
		eventually(t, "KEDA hears that it is active", func() bool {
			if got := keda.ask("connections"); got.err == nil && !got.active {
				t.Fatalf("polled in round %d: %v", round, got)
			}
			return len(pushed.all()) > before
		})
	}
	for _, value := range pushed.all() {
		if !value {
			t.Errorf("KEDA has heard %v", pushed.all())
			break
		}
	}
}

// KEDA comes back within two seconds after an end with OK, and ever later after errors.
func TestAStreamEndsWithOkAtShutdown(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"ended": terminate, "killed": kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			member := newPod(t)
			scaler := newScaler(t, nil, member.http)
			asked := scaler.config(connections(nil))
			connection, err := grpc.NewClient(asked.TriggerMetadata["scalerAddress"],
				grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			ctx, cancel := bounded()
			defer cancel()
			stream, err := externalscaler.NewExternalScalerClient(connection).StreamIsActive(ctx,
				&externalscaler.ScaledObjectRef{ScalerMetadata: asked.TriggerMetadata})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); err != nil {
				t.Fatalf("nothing is said: %v", err)
			}
			scaler.process.end(signal)
			for err == nil {
				_, err = stream.Recv()
			}
			if isOk := err == io.EOF; isOk != (signal == terminate) {
				t.Errorf("it ends with: %v", err)
			}
		})
	}
}

// A trigger that is wrong is pushed nothing, and KEDA's log has the reason.
func TestAWrongTriggerIsPushedItsReason(t *testing.T) {
	t.Parallel()
	scaler := newScaler(t, nil, nobody)
	pushed := scaler.listen(t, connections(map[string]string{"kinds": "carrier-pigeon"}))
	eventually(t, "KEDA logs the reason", func() bool {
		return len(heard.with("error running internalRun", "carrier-pigeon")) > 0
	})
	if len(pushed.all()) > 0 {
		t.Errorf("KEDA has heard %v", pushed.all())
	}
}
