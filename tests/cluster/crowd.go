package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
)

// Crowd is the clients of one Service, and what became of their streams. Any goroutine.
type Crowd struct {
	service string
	// What a new connection reaches; `last` is what the client's one before reached.
	pick func(last netip.Addr) (netip.Addr, bool)

	mutex   sync.Mutex
	clients []*client
	away    sync.WaitGroup
	tally   Tally
	cuts    []string
}

// Tally counts streams. A stream that its client left is neither Ended nor Cut.
type Tally struct {
	Live   int
	Opened int
	Ended  int // properly, by the other side
	Cut    int // without an end

	Calls int // that were answered
	Lost  int // calls without an answer; one that is refused is not lost
}

func (t Tally) String() string {
	return fmt.Sprintf("%d streams live, %d opened, %d ended properly, %d cut; %d calls, %d lost",
		t.Live, t.Opened, t.Ended, t.Cut, t.Calls, t.Lost)
}

func NewCrowd(service string, pick func(netip.Addr) (netip.Addr, bool)) *Crowd {
	return &Crowd{service: service, pick: pick}
}

func (c *Crowd) Arrive(count int, transport Transport) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for range count {
		one := newClient(c, transport)
		ctx, leave := context.WithCancel(context.Background())
		one.leave = leave
		c.clients = append(c.clients, one)
		c.away.Go(func() { one.stay(ctx) })
	}
}

// Leave has the `count` who came first go.
func (c *Crowd) Leave(count int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, one := range c.clients[:count] {
		one.leave()
	}
	c.clients = c.clients[count:]
}

// Disperse has all go, and returns when they have.
func (c *Crowd) Disperse() {
	c.Leave(c.Count())
	c.away.Wait()
}

// ByPod is how many clients were last at each address.
func (c *Crowd) ByPod() map[netip.Addr]int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	count := map[netip.Addr]int{}
	for _, one := range c.clients {
		one.mutex.Lock()
		count[one.at]++
		one.mutex.Unlock()
	}
	return count
}

func (c *Crowd) Count() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.clients)
}

func (c *Crowd) Tally() Tally {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.tally
}

// Cuts are how streams broke and calls were lost, each in words.
func (c *Crowd) Cuts() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.cuts
}

func (c *Crowd) opened() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.tally.Live++
	c.tally.Opened++
}

func (c *Crowd) closed(ctx context.Context, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.tally.Live--
	switch {
	case ctx.Err() != nil:
	case err == nil:
		c.tally.Ended++
	default:
		c.tally.Cut++
		c.cuts = append(c.cuts, err.Error())
	}
}

func (c *Crowd) called(ctx context.Context, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var refused refusal
	switch {
	case err == nil:
		c.tally.Calls++
	case ctx.Err() != nil || errors.As(err, &refused):
	default:
		c.tally.Lost++
		c.cuts = append(c.cuts, "call: "+err.Error())
	}
}
