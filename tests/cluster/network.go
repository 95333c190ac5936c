package cluster

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Addresses of processes, in a network namespace of our own: all of 10.77.0.0/16 is this machine.
const (
	dnsIP      = "10.77.0.53"
	hostIP     = "10.77.0.1"
	podNetwork = "10.77.1.0/24"
)

func ip(arguments ...string) error {
	out, err := exec.Command("ip", arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %v: %s", strings.Join(arguments, " "), err, out)
	}
	return nil
}

// SetUpNetwork makes the addresses, and has every program of this namespace ask our DNS server as
// a pod would. `directory` is for its resolv.conf. It refuses to touch the machine's own network.
func SetUpNetwork(directory string) error {
	if links, err := net.Interfaces(); err != nil || len(links) > 1 {
		return fmt.Errorf("not in a network namespace of its own: use `make test-cluster`")
	}
	for _, command := range []string{
		"link set lo up",
		"route add local 10.77.0.0/16 dev lo",
		// What is sent here is lost without a word: its other end takes nothing from an address
		// that is its own machine's.
		"link add lost type veth peer name lost-peer",
		"link set lost up arp off",
		"link set lost-peer up arp off",
		"route add " + podNetwork + " dev lost table 77",
		// The kernel's first rule is the table of its own addresses: one of ours must come before.
		"rule add pref 100 lookup local",
		"rule del pref 0",
	} {
		if err := ip(strings.Fields(command)...); err != nil {
			return err
		}
	}
	file := filepath.Join(directory, "resolv.conf")
	text := "nameserver " + dnsIP + "\n" +
		"search mcp.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if err := syscall.Mount(file, "/etc/resolv.conf", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount over /etc/resolv.conf: %w", err)
	}
	return nil
}

// CutOff loses every packet from processes of `user` to any pod, those of open connections too.
// Nobody else notices. Reconnect undoes it.
func CutOff(user uint32) error    { return ip(cut("add", user)...) }
func Reconnect(user uint32) error { return ip(cut("del", user)...) }

func cut(verb string, user uint32) []string {
	return []string{"rule", verb, "pref", "50", "uidrange", fmt.Sprintf("%d-%d", user, user),
		"to", podNetwork, "lookup", "77"}
}
