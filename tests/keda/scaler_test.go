package keda

import (
	"fmt"
	"maps"
	"syscall"
	"testing"

	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
	v2 "k8s.io/api/autoscaling/v2"
)

const fleet = "mcp-server"

// The program as a scaler of one fleet.
type scaler struct {
	t       *testing.T
	section map[string]any
	port    int
	process *process
}

// `tls` is the configuration's section, or nil.
func newScaler(t *testing.T, tls map[string]any, members ...string) *scaler {
	t.Helper()
	s := &scaler{t: t, port: freePort(t)}
	s.section = section(s.port, tls, members...)
	s.start()
	return s
}

func section(port int, tls map[string]any, members ...string) map[string]any {
	made := map[string]any{
		"listen": fmt.Sprintf("127.0.0.1:%d", port),
		"fleets": []any{
			map[string]any{"name": fleet, "members": map[string]any{"static": members}},
		},
	}
	if tls != nil {
		made["tls"] = tls
	}
	return made
}

func (s *scaler) start() {
	s.t.Helper()
	s.launch()
	s.process.says(`msg=(started)`)
}

// Without waiting until it is there.
func (s *scaler) launch() {
	s.t.Helper()
	s.process = run(s.t, map[string]any{
		"http":   map[string]any{"listen": "127.0.0.1:0"},
		"scaler": s.section,
	})
}

func (s *scaler) restart(signal syscall.Signal) {
	s.t.Helper()
	s.process.end(signal)
	s.start()
}

// A trigger as it stands in a ScaledObject, with what KEDA has found out about it.
type trigger struct {
	metadata map[string]string
	auth     map[string]string // of its TriggerAuthentication
	env      map[string]string // of the target's container
	index    int
	kind     v2.MetricTargetType // "": AverageValue, as in KEDA
}

// For the number of streams.
func connections(more map[string]string) trigger {
	metadata := map[string]string{"fleet": fleet, "metric": "connections", "activeHold": "1s"}
	maps.Copy(metadata, more)
	return trigger{metadata: metadata}
}

func (s *scaler) config(of trigger) *scalersconfig.ScalerConfig {
	metadata := map[string]string{"scalerAddress": fmt.Sprintf("127.0.0.1:%d", s.port)}
	maps.Copy(metadata, of.metadata)
	return &scalersconfig.ScalerConfig{
		ScalableObjectName:      "mcp",
		ScalableObjectNamespace: "default",
		ScalableObjectType:      "ScaledObject",
		TriggerMetadata:         metadata,
		TriggerIndex:            of.index,
		MetricType:              of.kind,
		AuthParams:              of.auth,
		ResolvedEnv:             of.env,
	}
}
