package pod

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// What a container has at least between SIGTERM and SIGKILL, however long its hook took.
const minimumGrace = 2 * time.Second

// pod is one that a kubelet keeps, as its documentation says: the sidecar first, until its startup probe is
// green, then the server; readiness and liveness by their probes; and the end as `delete` has it.
type pod struct {
	*manifest
	t               *testing.T
	sidecar, server *container
	going           chan struct{} // closed when it is to go

	mutex    sync.Mutex
	ready    bool
	restarts int
	events   []string
}

func newPod(t *testing.T, m *manifest, server image) *pod {
	p := &pod{manifest: m, t: t, going: make(chan struct{})}
	root := makeRoot(t, m, environment(t, "MCP_VITALS"))
	p.sidecar = &container{spec: m.sidecar(), image: image{root: root}, fields: m.fields()}
	p.server = &container{spec: m.server(), image: server, fields: m.fields()}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the sidecar said:\n%s\nthe server said:\n%s", &p.sidecar.log, &p.server.log)
		}
	})
	return p
}

func (p *pod) start() {
	must(p.t, p.startSidecar())
	must(p.t, p.server.start())
	go p.watchReadiness()
	go p.watchLiveness()
}

// startSidecar returns when its startup probe is green.
func (p *pod) startSidecar() error {
	if err := p.sidecar.start(); err != nil {
		return err
	}
	probe := p.sidecar.spec.StartupProbe
	for failures := int32(0); !p.isGood(probe); {
		if failures++; failures == probe.FailureThreshold {
			return fmt.Errorf("the sidecar does not start:\n%s", &p.sidecar.log)
		}
		<-time.After(seconds(probe.PeriodSeconds))
	}
	return nil
}

// watchReadiness goes on while the pod is being deleted, and ends with the test.
func (p *pod) watchReadiness() {
	probe := p.sidecar.spec.ReadinessProbe
	tick := time.NewTicker(seconds(probe.PeriodSeconds))
	for failures := int32(0); ; <-tick.C {
		switch {
		case p.isGood(probe):
			failures = 0
			p.setReady(true)
		default:
			if failures++; failures >= probe.FailureThreshold {
				p.setReady(false)
			}
		}
	}
}

func (p *pod) watchLiveness() {
	probe := p.sidecar.spec.LivenessProbe
	tick := time.NewTicker(seconds(probe.PeriodSeconds))
	for failures := int32(0); ; {
		select {
		case <-p.going:
			return
		case <-tick.C:
		}
		if failures++; p.isGood(probe) {
			failures = 0
		}
		if failures == probe.FailureThreshold {
			failures = 0
			p.end(p.sidecar, seconds(int32(*probe.TerminationGracePeriodSeconds)), nil)
			if err := p.startSidecar(); err != nil {
				p.t.Error(err)
				return
			}
			p.mutex.Lock()
			p.restarts++
			p.mutex.Unlock()
		}
	}
}

// farewell is how one container of a pod ended.
type farewell struct {
	hookStatus int    // exit status of a command, HTTP status of a GET; -1: none
	hookSaid   string // its output, or what went wrong
	ended      string // exit status or signal, in words
}

// delete ends the pod: all preStop hooks at once; each container's SIGTERM after its own hook, and the
// sidecar's not before the server has ended; SIGKILL when the grace period is over.
func (p *pod) delete() (server, sidecar farewell, took time.Duration) {
	began := time.Now()
	close(p.going)
	grace := p.grace()
	var both sync.WaitGroup
	serverIsGone := make(chan struct{})
	both.Go(func() {
		server = p.end(p.server, grace, nil)
		close(serverIsGone)
	})
	both.Go(func() { sidecar = p.end(p.sidecar, grace, serverIsGone) })
	both.Wait()
	return server, sidecar, time.Since(began)
}

func (p *pod) end(c *container, grace time.Duration, after <-chan struct{}) (f farewell) {
	until := time.Now().Add(grace)
	f.hookStatus, f.hookSaid = p.preStop(c, until)
	p.note(c, "hook over")
	if after != nil {
		select {
		case <-after:
		case <-time.After(time.Until(until)):
		}
	}
	p.note(c, "SIGTERM")
	f.ended = c.stop(max(time.Until(until), minimumGrace))
	p.note(c, "ended")
	return f
}

// preStop runs the container's hook. The kubelet takes any HTTP status for good.
func (p *pod) preStop(c *container, until time.Time) (int, string) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	hook := c.spec.Lifecycle.PreStop
	if hook.Exec != nil {
		command, err := c.process(ctx, hook.Exec.Command)
		if err != nil {
			return -1, err.Error()
		}
		out, _ := command.CombinedOutput()
		return command.ProcessState.ExitCode(), string(out)
	}
	return p.get(ctx, c.spec, hook.HTTPGet)
}

// isGood tells what a probe of the sidecar says.
func (p *pod) isGood(probe *corev1.Probe) bool {
	ctx, cancel := context.WithTimeout(context.Background(), seconds(max(1, probe.TimeoutSeconds)))
	defer cancel()
	status, _ := p.get(ctx, p.sidecar.spec, probe.HTTPGet)
	return status >= http.StatusOK && status < http.StatusBadRequest
}

func (p *pod) get(ctx context.Context, of *corev1.Container, action *corev1.HTTPGetAction) (int, string) {
	port := action.Port.IntValue()
	if name := action.Port.StrVal; name != "" {
		var err error
		if port, err = portOf(of, name); err != nil {
			return -1, err.Error()
		}
	}
	return get(ctx, fmt.Sprintf("http://%s:%d%s", podIP, port, action.Path))
}

func (p *pod) setReady(ready bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.ready = ready
}

func (p *pod) isReady() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.ready
}

// restarted is how often the sidecar was.
func (p *pod) restarted() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.restarts
}

func (p *pod) note(c *container, what string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.events = append(p.events, c.spec.Name+": "+what)
}

func seconds(number int32) time.Duration { return time.Duration(number) * time.Second }

func (p *pod) grace() time.Duration {
	return time.Duration(*p.spec().TerminationGracePeriodSeconds) * time.Second
}

// hang has the sidecar do nothing more, not even die of SIGTERM.
func (p *pod) hang() { p.sidecar.signal(syscall.SIGSTOP) }
