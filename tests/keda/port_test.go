package keda

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"
)

var (
	taken      = map[int]bool{}
	takenMutex sync.Mutex
	// Go would share the port with what is left of connections that others have closed.
	strict = net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 0)
		})
	}}
)

// A port that nobody listens on and no connection lingers on, another one each time. Below the
// ephemeral ones: those come and go by themselves.
func freePort(t *testing.T) int {
	t.Helper()
	takenMutex.Lock()
	defer takenMutex.Unlock()
	for range 1000 {
		port := 20000 + rand.IntN(12000)
		listener, err := strict.Listen(context.Background(), "tcp", fmt.Sprintf("[::]:%d", port))
		if err != nil {
			continue
		}
		listener.Close()
		if taken[port] {
			continue
		}
		taken[port] = true
		return port
	}
	t.Fatal("no free port")
	return 0
}
