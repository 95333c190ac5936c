package pod

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// mcpServer is one that is real, and its tool that takes as long as it is told to.
type mcpServer struct {
	image
	tool      string
	arguments string // with %v for seconds

	hearsSIGTERM bool // as the container's first process, too
}

// aServer is the reference server of the Node SDK, where tests/peers/install has installed it, else the
// project's sample server. Both take their port from the manifest's environment.
func aServer(t *testing.T) mcpServer {
	modules := filepath.Join(environment(t, "PEERS"), "node_modules")
	if _, err := os.Stat(filepath.Join(modules, ".installed")); err != nil {
		t.Log("not installed, so the sample server stands in: tests/peers/install")
		return mcpServer{image: image{command: []string{"sh", "-c", `exec "$0" --port "$PORT"`,
			environment(t, "SAMPLE_SERVER")}}, tool: "wait", arguments: `{"seconds":%v}`, hearsSIGTERM: true}
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
