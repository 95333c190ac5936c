package cluster

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"
)

// A gateway is a sidecar that stands before a whole fleet instead of in its pods, so that clients
// are seen when there is no pod. What it passes on waits for a ready pod: somebody must.
const (
	gatewayUpstream = 8080
	waitForPod      = 30 * time.Second
)

// startGateway runs it until the test ends.
func (f *Fleet) startGateway() (netip.Addr, error) {
	at := f.address.As4()
	at[2] = 2
	address := netip.AddrFrom4(at)
	listener, err := net.Listen("tcp", netip.AddrPortFrom(address, gatewayUpstream).String())
	if err != nil {
		return address, err
	}
	f.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go f.pass(connection)
		}
	}()
	directory := filepath.Join(f.cluster.directory, "gateway-"+f.Name)
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return address, err
	}
	file := filepath.Join(directory, "mcp-vitals.yml")
	config := fmt.Sprintf(`http: {listen: "%[1]v:%[2]d"}
admin: {listen: "unix:%[3]s/admin.sock"}
proxy: {server: gateway, listen: "%[1]v:%[4]d", upstream: "http://%[1]v:%[5]d"}
`, address, sidecarPort, directory, proxyPort, gatewayUpstream)
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		return address, err
	}
	process, err := Start(directory, "gateway", nil, 0, f.cluster.scaler, "run", "--config", file)
	if err != nil {
		return address, err
	}
	f.t.Cleanup(process.Kill)
	return address, nil
}

// pass carries one connection to a pod, as soon as one is ready.
func (f *Fleet) pass(from net.Conn) {
	defer from.Close()
	var pod netip.Addr
	err := until(f.ctx, waitForPod, func() error {
		var ok bool
		if pod, ok = f.cluster.Endpoints.Pick(Namespace, f.Name, pod); !ok {
			return fmt.Errorf("no ready pod of %s", f.Name)
		}
		return nil
	})
	if err != nil {
		return
	}
	to, err := net.Dial("tcp", netip.AddrPortFrom(pod, proxyPort).String())
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		io.Copy(to, from)
		to.Close()
	}()
	io.Copy(from, to)
}
