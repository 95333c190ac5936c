package keda

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Writes what the program is to run with, as a file: JSON is YAML.
func configuration(t *testing.T, sections map[string]any) string {
	t.Helper()
	directory := t.TempDir()
	sections["admin"] = map[string]any{"listen": "unix:" + filepath.Join(directory, "admin.sock")}
	text, err := json.Marshal(sections)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(directory, "config.yml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func run(t *testing.T, sections map[string]any) *process {
	t.Helper()
	return start(t, os.Getenv("MCP_VITALS"), "run", "--config", configuration(t, sections))
}

// One member of a fleet: an MCP server with a sidecar in front of it.
type pod struct {
	t       *testing.T
	server  *process
	sidecar *process
	url     string // of the MCP endpoint, through the sidecar
	http    string // the address where the sidecar tells what it has seen
}

func newPod(t *testing.T) *pod {
	t.Helper()
	p := &pod{t: t}
	server := p.serve()
	p.sidecar = run(t, map[string]any{
		"http":  map[string]any{"listen": "127.0.0.1:0"},
		"proxy": p.proxy(server),
	})
	p.http = "127.0.0.1:" + p.sidecar.says(`msg=started .* url=http://localhost:(\d+)`)
	return p
}

// Starts the server, and tells where it is.
func (p *pod) serve() string {
	p.t.Helper()
	p.server = start(p.t, os.Getenv("SAMPLE_SERVER"))
	return p.server.says(`listening on (\S+)`)
}

// The section of the configuration.
func (p *pod) proxy(server string) map[string]any {
	p.t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(p.t))
	p.url = "http://" + listen + "/mcp"
	return map[string]any{
		"server":   "sample",
		"listen":   listen,
		"upstream": "http://" + server,
		"drain":    map[string]any{"lame_duck": "10ms", "timeout": "1s"},
	}
}

// Opens streams as clients do, each in a session of its own, and returns what closes them all.
func (p *pod) open(streams int) (closeAll func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p.t.Cleanup(cancel)
	for range streams {
		p.openOne(ctx)
	}
	return cancel
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{` +
	`"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"user","version":"1"}}}`

func (p *pod) openOne(ctx context.Context) {
	p.t.Helper()
	hello := p.ask(ctx, http.MethodPost, "", initialize)
	hello.Body.Close()
	session := hello.Header.Get("Mcp-Session-Id")
	// It stays open until `ctx` ends.
	if stream := p.ask(ctx, http.MethodGet, session, ""); stream.StatusCode != http.StatusOK {
		p.t.Fatalf("no stream: %s", stream.Status)
	}
}

func (p *pod) ask(ctx context.Context, method, session, body string) *http.Response {
	p.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, p.url, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json, text/event-stream")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if session != "" {
		request.Header.Set("Mcp-Session-Id", session)
		request.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	return response
}
