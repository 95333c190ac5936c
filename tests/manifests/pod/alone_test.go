// Package pod plays the pod that k8s/component makes, on one machine: the rendered manifest's
// containers as processes, in the order that the kubelet's documentation gives. All of it are tests.
package pod

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const (
	inside = "INSIDE_OF_ITS_POD"
	// The pod's address; what listens on loopback alone is not reached there.
	podIP = "10.77.1.1"
)

// alone runs the test that calls it in a program of its own, as the first process of a network,
// mounts and process ids of its own: with it all end, and pods have the same ports at the same time.
// True for the one who is there and is to go on.
func alone(t *testing.T) bool {
	if os.Getenv(inside) != "" {
		setUp(t)
		return true
	}
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, for namespaces")
	}
	again := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	again.Env = append(os.Environ(), inside+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
		Pdeathsig:  syscall.SIGKILL,
	}
	out, err := again.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("namespaces are not allowed here")
	}
	switch text := string(out); {
	case err != nil:
		t.Errorf("%v\n%s", err, text)
	case strings.Contains(text, "--- SKIP"):
		t.Skip(text)
	default:
		t.Log(text)
	}
	return false
}

func setUp(t *testing.T) {
	must(t, syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	must(t, syscall.Mount("proc", "/proc", "proc", 0, ""))
	for _, arguments := range []string{"link set lo up", "address add " + podIP + "/32 dev lo"} {
		out, err := exec.Command("ip", strings.Fields(arguments)...).CombinedOutput()
		if err != nil {
			t.Fatalf("ip %s: %v: %s", arguments, err, out)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
