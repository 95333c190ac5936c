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
	named  map[string]bool       // namespaces besides ours whose Services the DNS knows
}

// StartCluster returns when everything is up. What it is built from stands in the environment:
// CLUSTER_BUILD is the folder of the control plane's programs, where logs go too.
func StartCluster(ctx context.Context) (*Cluster, error) {
	build := os.Getenv("CLUSTER_BUILD")
	if build == "" {
		return nil, fmt.Errorf("CLUSTER_BUILD is not set: use `make test-cluster`")
	}
	c := &Cluster{scaler: os.Getenv("MCP_VITALS"), directory: filepath.Join(build, "run"),
		fleets: map[string]netip.Addr{}, named: map[string]bool{}}
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

// NameServices has the DNS know the Services of another namespace.
func (c *Cluster) NameServices(namespace string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.named[namespace] = true
}

// lookUp is the cluster's DNS. Nobody plays kube-proxy: a Service has its pods' addresses.
func (c *Cluster) lookUp(service string) ([]netip.Addr, bool) {
	name, namespace, _ := strings.Cut(service, ".")
	if namespace != Namespace {
		c.mutex.Lock()
		named := c.named[namespace]
		c.mutex.Unlock()
		if !named {
			return nil, false
		}
		addresses := c.Endpoints.Of(namespace, name)
		return addresses, len(addresses) > 0
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
		return c.Endpoints.Of(Namespace, name), true
	}
	return nil, false
}
