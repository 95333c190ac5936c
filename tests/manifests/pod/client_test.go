package pod

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// client is an MCP client with one session (2025-06-18).
type client struct {
	url     string
	http    *http.Client
	session string
}

// newClient opens a session.
func newClient(port int) (*client, error) {
	c := &client{url: fmt.Sprintf("http://%s:%d/mcp", podIP, port),
		http: &http.Client{Transport: &http.Transport{}}}
	response, err := c.send(http.MethodPost, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{`+
		`"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"pod","version":"1"}}}`)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return nil, err
	}
	c.session = response.Header.Get("Mcp-Session-Id")
	response, err = c.send(http.MethodPost, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	if err == nil {
		response.Body.Close()
	}
	return c, err
}

func (c *client) send(method, body string) (*http.Response, error) {
	request, err := http.NewRequest(method, c.url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/event-stream")
	if method == http.MethodPost {
		request.Header.Set("Accept", "application/json, text/event-stream")
		request.Header.Set("Content-Type", "application/json")
	}
	if c.session != "" {
		request.Header.Set("Mcp-Session-Id", c.session)
		request.Header.Set("MCP-Protocol-Version", "2025-06-18")
	}
	response, err := c.http.Do(request)
	if err == nil && response.StatusCode/100 != 2 {
		response.Body.Close()
		err = fmt.Errorf("%s: %s", method, response.Status)
	}
	return response, err
}

// hold keeps the session's stream until the other side ends it; an error if that was not proper.
func (c *client) hold() error {
	response, err := c.send(http.MethodGet, "")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// call returns when the tool's result is there.
func (c *client) call(tool, arguments string) error {
	response, err := c.send(http.MethodPost, fmt.Sprintf(
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, tool, arguments))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && !strings.Contains(string(text), `"result"`) {
		err = fmt.Errorf("not a result: %s", text)
	}
	return err
}

// get is a GET on a connection of its own: the status and the text, or -1 and what went wrong.
func get(ctx context.Context, url string) (int, string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return -1, err.Error()
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return -1, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return -1, err.Error()
	}
	return response.StatusCode, string(text)
}
