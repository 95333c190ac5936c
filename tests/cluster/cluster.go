// Package cluster tests the scaler against a real Kubernetes control plane and a real KEDA, all as
// plain processes in namespaces of their own. `make test-cluster` runs it.
package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Namespace is where the fleets live.
const Namespace = "mcp"

// Cluster is all that the fleets of the scenarios share. Any goroutine.
type Cluster struct {
	Plane     *Plane
	Kubelet   *Kubelet
	Endpoints *Endpoints
	scaler    string // the program
	directory string

	mutex  sync.Mutex
	fleets map[string]netip.Addr // each fleet's scaler, by the fleet's name
}

// StartCluster returns when everything is up. What it is built from stands in the environment:
// CLUSTER_BUILD is the folder of the control plane's programs, where logs go too.
func StartCluster(ctx context.Context) (*Cluster, error) {
	build := os.Getenv("CLUSTER_BUILD")
	if build == "" {
		return nil, fmt.Errorf("CLUSTER_BUILD is not set: use `make test-cluster`")
	}
	c := &Cluster{scaler: os.Getenv("MCP_VITALS"), directory: filepath.Join(build, "run"),
		fleets: map[string]netip.Addr{}}
	if err := os.RemoveAll(c.directory); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.directory, 0o755); err != nil {
		return nil, err
	}
	if err := SetUpNetwork(c.directory); err != nil {
		return nil, err
	}
	if err := ServeDNS(c.lookUp); err != nil {
		return nil, err
	}
	programs := filepath.Join(build, "bin")
	var err error
	if c.Plane, err = StartPlane(ctx, programs, os.Getenv("KEDA_CRDS"), c.directory); err != nil {
		return nil, err
	}
	if c.Endpoints, err = WatchEndpoints(ctx, c.Plane); err != nil {
		return nil, err
	}
	c.Kubelet, err = StartKubelet(ctx, c.Plane, Programs{
		Sidecar: c.scaler,
		Servers: map[string]string{
			"sample-server": os.Getenv("SAMPLE_SERVER"),
			"go-sdk-server": filepath.Join(programs, "go-sdk-server"),
		}})
	return c, err
}

// addFleet gives the fleet's scaler an address and a user of its own.
func (c *Cluster) addFleet(name string) (netip.Addr, uint32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	number := len(c.fleets)
	address := netip.AddrFrom4([4]byte{10, 77, 0, byte(100 + number)})
	c.fleets[name] = address
	return address, uint32(20000 + number)
}

// lookUp is the cluster's DNS.
func (c *Cluster) lookUp(service string) ([]netip.Addr, bool) {
	name, ours := strings.CutSuffix(service, "."+Namespace)
	if !ours {
		return nil, false
	}
	fleet, isScaler := strings.CutSuffix(name, "-scaler")
	headless := strings.TrimSuffix(name, "-vitals")
	c.mutex.Lock()
	scaler, known := c.fleets[fleet]
	_, hasMembers := c.fleets[headless]
	c.mutex.Unlock()
	switch {
	case isScaler && known:
		return []netip.Addr{scaler}, true
	case hasMembers:
		return c.Endpoints.Of(name), true
	}
	return nil, false
}
