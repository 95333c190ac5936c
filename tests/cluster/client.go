package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Transport is how a client holds its stream.
type Transport int

const (
	Streamable Transport = iota // a session, and its GET
	OldSSE                      // 2024-11-05: the GET comes first, and answers come on it
)

const patience = 10 * time.Second // for an answer

// client is an MCP client that holds one stream for as long as it stays, and opens another when it
// ended. It lives in a goroutine of its own.
type client struct {
	crowd     *Crowd
	transport Transport
	http      *http.Client
	leave     context.CancelFunc
	session   string // of Streamable; "": none

	mutex sync.Mutex
	at    netip.Addr // where it last connected to
}

func newClient(crowd *Crowd, transport Transport) *client {
	c := &client{crowd: crowd, transport: transport}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		to, ok := c.pick()
		if !ok {
			return nil, errors.New("the Service has no ready pod")
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", netip.AddrPortFrom(to, proxyPort).String())
	}
	c.http = &http.Client{Transport: &http.Transport{DialContext: dial}}
	return c
}

func (c *client) pick() (netip.Addr, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	to, ok := c.crowd.pick(c.at)
	c.at = to
	return to, ok
}

// stay holds streams until the context ends.
func (c *client) stay(ctx context.Context) {
	for ctx.Err() == nil {
		var err error
		if c.transport == OldSSE {
			err = c.holdOld(ctx)
		} else {
			err = c.holdStreamable(ctx)
		}
		pause := time.Duration(200+rand.IntN(300)) * time.Millisecond
		var refused refusal
		if errors.As(err, &refused) && refused.after > 0 {
			pause = refused.after
		}
		c.http.CloseIdleConnections()
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	c.goodbye()
}

// refusal is an answer that is not the one asked for.
type refusal struct {
	status int
	after  time.Duration
}

func (r refusal) Error() string { return "HTTP " + strconv.Itoa(r.status) }

func refusalOf(response *http.Response) refusal {
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return refusal{response.StatusCode, time.Duration(seconds) * time.Second}
}

func (c *client) request(ctx context.Context, method, path, body string) *http.Request {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+c.crowd.service+path,
		strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Accept", "application/json, text/event-stream")
	if method == http.MethodGet {
		request.Header.Set("Accept", "text/event-stream")
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.session != "" {
		request.Header.Set("Mcp-Session-Id", c.session)
		request.Header.Set("MCP-Protocol-Version", "2025-06-18")
	}
	return request
}

func initialize(version string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":`+
		`%q,"capabilities":{},"clientInfo":{"name":"cluster-tests","version":"1"}}}`, version)
}

const initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}`

// post sends one message and reads its answer, whole.
func (c *client) post(ctx context.Context, path, body string) (http.Header, string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	response, err := c.http.Do(c.request(ctx, http.MethodPost, path, body))
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, "", err
	}
	if response.StatusCode/100 != 2 {
		return nil, "", refusalOf(response)
	}
	return response.Header, string(text), nil
}

func (c *client) holdStreamable(ctx context.Context) error {
	if c.session == "" {
		header, _, err := c.post(ctx, "/mcp", initialize("2025-06-18"))
		if err != nil {
			return err
		}
		c.session = header.Get("Mcp-Session-Id")
		if _, _, err := c.post(ctx, "/mcp", initialized); err != nil {
			return err
		}
	}
	response, err := c.http.Do(c.request(ctx, http.MethodGet, "/mcp", ""))
	if err != nil {
		c.session = ""
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		c.session = ""
		return refusalOf(response)
	}
	c.crowd.opened()
	ended := make(chan struct{})
	var calls sync.WaitGroup
	calls.Go(func() { c.callNowAndThen(ctx, ended) })
	_, err = io.Copy(io.Discard, response.Body)
	c.crowd.closed(ctx, err)
	close(ended)
	calls.Wait()
	return err
}

func (c *client) holdOld(ctx context.Context) error {
	response, err := c.http.Do(c.request(ctx, http.MethodGet, "/sse", ""))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return refusalOf(response)
	}
	c.crowd.opened()
	err = c.readOld(ctx, bufio.NewReader(response.Body))
	c.crowd.closed(ctx, err)
	return err
}

// readOld introduces the client as soon as the stream says where to, and reads to the end.
func (c *client) readOld(ctx context.Context, stream *bufio.Reader) error {
	for event := ""; ; {
		line, err := stream.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case key == "event":
			event = value
		case key == "data" && event == "endpoint":
			endpoint, err := url.Parse(value)
			if err != nil {
				return err
			}
			for _, message := range []string{initialize("2024-11-05"), initialized} {
				if _, _, err := c.post(ctx, endpoint.RequestURI(), message); err != nil {
					return fmt.Errorf("POST %s: %w", value, err)
				}
			}
		}
	}
}

// callNowAndThen calls a tool every few seconds until `ended` is closed; the last call has its
// answer first.
func (c *client) callNowAndThen(ctx context.Context, ended <-chan struct{}) {
	for id := 100; ; id++ {
		select {
		case <-ended:
			return
		case <-time.After(time.Duration(2000+rand.IntN(4000)) * time.Millisecond):
		}
		_, text, err := c.post(ctx, "/mcp", fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,`+
			`"method":"tools/call","params":{"name":"echo","arguments":{"message":"here"}}}`, id))
		if err == nil && !strings.Contains(text, "here") {
			err = fmt.Errorf("not the answer: %s", text)
		}
		c.crowd.called(ctx, err)
	}
}

// goodbye ends the session, as one who leaves for good does.
func (c *client) goodbye() {
	if c.session == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if response, err := c.http.Do(c.request(ctx, http.MethodDelete, "/mcp", "")); err == nil {
		response.Body.Close()
	}
	c.http.CloseIdleConnections()
}
