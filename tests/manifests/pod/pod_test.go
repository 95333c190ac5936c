package pod

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// inTime is a call that began before the pod is deleted and is over within the drain.
func (p *pod) inTime() time.Duration {
	var config struct {
		Proxy struct{ Drain map[string]string }
	}
	for _, configMap := range p.configMaps {
		for name, text := range configMap.Data {
			if strings.HasSuffix(name, ".yml") {
				must(p.t, yaml.Unmarshal([]byte(text), &config))
			}
		}
	}
	lameDuck, err := time.ParseDuration(config.Proxy.Drain["lame_duck"])
	must(p.t, err)
	timeout, err := time.ParseDuration(config.Proxy.Drain["timeout"])
	must(p.t, err)
	return (lameDuck + timeout) / 2
}

func (p *pod) startAndAwaitReady() {
	p.start()
	await(p.t, "ready", p.isReady)
}

func TestNothingIsLost(t *testing.T) {
	if alone(t) {
		deleteLosesNothing(t, realServer(t))
	}
}

// The same where no real server is installed.
func TestNothingIsLostOfTheSampleServer(t *testing.T) {
	if alone(t) {
		deleteLosesNothing(t, sampleServer(t))
	}
}

func deleteLosesNothing(t *testing.T, server mcpServer) {
	server.hasInit = true
	p := newPod(t, readManifest(t), server.image)
	p.startAndAwaitReady()
	if _, vitals := p.ask("/vitals?format=json"); !strings.Contains(vitals, p.fields()["metadata.name"]) {
		t.Errorf("not the pod's name in %s", vitals)
	}
	clients := connect(p, 40, 10, server.tool, server.takes(p.inTime()))

	its, sidecars, took := p.delete()
	p.nothingIsLost(clients, 40, 10, its, sidecars)
	if took > p.grace() {
		t.Errorf("took %v of a grace period of %v", took, p.grace())
	}
	order := []string{"server: SIGTERM", "server: ended", "mcp-vitals: SIGTERM", "mcp-vitals: ended"}
	if happened := p.only(order); !slices.Equal(happened, order) {
		t.Errorf("in another order: %v", p.events)
	}
}

func (p *pod) nothingIsLost(clients crowd, streams, calls int, server, sidecar farewell) {
	if proper, broken := ends(clients.calls); proper != calls {
		p.t.Errorf("%d calls of %d were answered: %v", proper, calls, broken)
	}
	if proper, broken := ends(clients.streams); proper != streams {
		p.t.Errorf("%d streams of %d ended properly: %v", proper, streams, broken)
	}
	if sidecar.hookStatus != 0 || !strings.Contains(sidecar.hookSaid, " 0 exchanges cut") {
		p.t.Errorf("the sidecar's hook: %+v", sidecar)
	}
	if server.hookStatus != 200 {
		p.t.Errorf("the server's hook: %+v", server)
	}
	if sidecar.ended != "exit status 0" {
		p.t.Errorf("the sidecar ended with %s", sidecar.ended)
	}
}

func (p *pod) only(these []string) (happened []string) {
	for _, event := range p.events {
		if slices.Contains(these, event) {
			happened = append(happened, event)
		}
	}
	return happened
}

// Node without a handler, as the container's first process, does not hear SIGTERM: it costs the whole grace
// period, and nobody anything.
func TestDeafServer(t *testing.T) {
	if !alone(t) {
		return
	}
	server := realServer(t)
	p := newPod(t, readManifest(t), server.image)
	p.startAndAwaitReady()
	clients := connect(p, 10, 5, server.tool, server.takes(p.inTime()))

	its, sidecars, took := p.delete()
	p.nothingIsLost(clients, 10, 5, its, sidecars)
	if its.ended != "signal: killed" {
		t.Errorf("the server heard SIGTERM: %s", its.ended)
	}
	if took > p.grace()+minimumGrace {
		t.Errorf("took %v of a grace period of %v", took, p.grace())
	}
}

// A call that outlasts the drain is cut, with the stream of its session, counted and told of, within the grace
// period.
func TestLongCall(t *testing.T) {
	if !alone(t) {
		return
	}
	told := 0.0
	deleteWithLongCall(t, func(p *pod) { told = max(told, p.metric("mcp_drain_cut_total")) })
	if told != 2 {
		t.Errorf("/metrics told of %v that were cut", told)
	}
}

// Where no Prometheus comes, it is not waited for beyond the grace period.
func TestNobodyIsTold(t *testing.T) {
	if !alone(t) {
		return
	}
	deleteWithLongCall(t, nil)
}

// deleteWithLongCall has `scrape` called again and again until the sidecar has ended.
func deleteWithLongCall(t *testing.T, scrape func(*pod)) {
	server := sampleServer(t)
	server.hasInit = true
	p := newPod(t, readManifest(t), server.image)
	p.startAndAwaitReady()
	clients := connect(p, 2, 1, server.tool, server.takes(p.grace()))
	var scraping sync.WaitGroup
	scraping.Go(func() {
		for scrape != nil && !p.sidecar.isOver() {
			scrape(p)
			<-time.After(time.Second)
		}
	})
	its, sidecars, took := p.delete()
	scraping.Wait()
	if proper, _ := ends(clients.calls); proper != 0 {
		t.Error("the call was answered: it was not long")
	}
	if proper, broken := ends(clients.streams); proper != 1 {
		t.Errorf("streams: %v", broken)
	}
	if sidecars.hookStatus != 1 || !strings.Contains(sidecars.hookSaid, "1 streams ended properly, 2 exchanges cut") {
		t.Errorf("the sidecar's hook: %+v", sidecars)
	}
	if its.hookStatus != 200 || sidecars.ended != "exit status 0" {
		t.Errorf("the server: %+v, the sidecar: %+v", its, sidecars)
	}
	if took > p.grace() {
		t.Errorf("took %v of a grace period of %v", took, p.grace())
	}
}

// Nothing of the sidecar waits for the server but readiness.
func TestSlowServer(t *testing.T) {
	if !alone(t) {
		return
	}
	server := sampleServer(t)
	server.command = append([]string{"sh", "-c", `read line; exec "$0" "$@" </dev/null`}, server.command...)
	reader, writer, err := os.Pipe()
	must(t, err)
	server.stdin = reader
	p := newPod(t, readManifest(t), server.image)
	p.start() // the startup probe was green
	liveness := p.sidecar.spec.LivenessProbe
	<-time.After(seconds(liveness.PeriodSeconds * (liveness.FailureThreshold + 1))) // nor does liveness wait for it
	await(t, "probes that failed", func() bool { return p.metric(`mcp_probes_total`) >= 3 })
	if status, why := p.ask("/-/ready"); status != 503 || p.isReady() {
		t.Errorf("ready without a server: %d %s", status, why)
	}
	_, err = writer.WriteString("go\n")
	must(t, err)
	await(t, "ready", p.isReady)
	if restarts := p.restarted(); restarts != 0 {
		t.Errorf("%d restarts of the sidecar", restarts)
	}
}

// A sidecar that hangs is replaced, while the server and its sessions live on.
func TestHangingSidecar(t *testing.T) {
	if !alone(t) {
		return
	}
	server := sampleServer(t)
	p := newPod(t, readManifest(t), server.image)
	p.startAndAwaitReady()
	one, err := newClient(p.clientPort(t))
	must(t, err)
	must(t, one.call(server.tool, server.takes(0)))

	p.hang()
	await(t, "not ready", func() bool { return !p.isReady() })
	await(t, "a restart", func() bool { return p.restarted() == 1 })
	await(t, "ready again", p.isReady)
	one.http.CloseIdleConnections()
	if err := one.call(server.tool, server.takes(0)); err != nil {
		t.Errorf("in the session that was: %v", err)
	}
	if p.server.isOver() {
		t.Error("the server has ended")
	}
}
