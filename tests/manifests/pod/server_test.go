package pod

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// mcpServer has a tool that takes as long as it is told to.
type mcpServer struct {
	image
	tool      string
	arguments string // with %v for seconds
}

// Both servers take their port from the manifest's environment.

// sampleServer is the project's own.
func sampleServer(t *testing.T) mcpServer {
	return mcpServer{image: image{command: []string{"sh", "-c", `exec "$0" --port "$PORT"`,
		environment(t, "SAMPLE_SERVER")}}, tool: "wait", arguments: `{"seconds":%v}`}
}

// realServer is the reference server of the Node SDK. As the container's first process it does not hear SIGTERM.
func realServer(t *testing.T) mcpServer {
	modules := filepath.Join(environment(t, "PEERS"), "node_modules")
	if _, err := os.Stat(filepath.Join(modules, ".installed")); err != nil {
		t.Skip("needs a real MCP server: tests/peers/install")
	}
	everything := filepath.Join(modules, "@modelcontextprotocol/server-everything/dist/index.js")
	return mcpServer{image: image{command: []string{filepath.Join(modules, ".bin/node"), everything,
		"streamableHttp"}}, tool: "trigger-long-running-operation", arguments: `{"duration":%v,"steps":1}`}
}

func (s mcpServer) takes(duration time.Duration) string {
	return fmt.Sprintf(s.arguments, duration.Seconds())
}

func environment(t *testing.T, name string) string {
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("the environment has no %s: run it by ctest", name)
	}
	return value
}
