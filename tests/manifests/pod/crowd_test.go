package pod

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

const within = 2 * time.Minute // what is waited for, on a busy machine

func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !condition(); <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// crowd is clients that each hold a stream, and some of which have a call under way.
type crowd struct {
	streams, calls chan error // one for each, when it has ended
}

// connect returns when the sidecar sees all of the streams and calls.
func connect(p *pod, streams, calls int, tool, arguments string) crowd {
	c := crowd{make(chan error, streams), make(chan error, calls)}
	clients := make([]*client, streams)
	for i := range clients {
		var err error
		clients[i], err = newClient(p.clientPort(p.t))
		must(p.t, err)
		go func() { c.streams <- clients[i].hold() }()
	}
	await(p.t, "all streams live", func() bool {
		return p.metric(`mcp_active_sse_connections{server="`+p.deployment.Name+`",kind="get"}`) == float64(streams)
	})
	for _, one := range clients[:calls] {
		go func() { c.calls <- one.call(tool, arguments) }()
	}
	await(p.t, "all calls under way", func() bool { return p.metric("mcp_requests_in_flight") == float64(calls) })
	return c
}

// ends are those of one kind, sorted into proper ones and errors.
func ends(each chan error) (proper int, broken []error) {
	for range cap(each) {
		if err := <-each; err != nil {
			broken = append(broken, err)
		} else {
			proper++
		}
	}
	return proper, broken
}

// metric is the sidecar's, by the beginning of its line; -1 where there is none.
func (p *pod) metric(beginning string) float64 {
	_, text := p.ask("/metrics")
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, beginning) {
			value, err := strconv.ParseFloat(line[strings.LastIndex(line, " ")+1:len(line)-1], 64)
			must(p.t, err)
			return value
		}
	}
	return -1
}

func (p *pod) ask(path string) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return get(ctx, fmt.Sprintf("http://%s:%d%s", podIP, p.vitalsPort(p.t), path))
}
