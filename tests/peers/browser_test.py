"""Chromium's own `EventSource` through the proxy: every event once, in order, over a reconnection
with `Last-Event-ID`.
"""

import json
import shutil
import subprocess
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sidecar import WITHIN, Proxy

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EVENTS = 6
PAGE = """<!doctype html><title>events</title><script>
const seen = [];
const source = new EventSource('/sse');
source.onmessage = event => {
  seen.push([event.lastEventId, event.data]);
  if (event.data !== 'last') return;
  source.close();
  fetch('/seen', {method: 'POST', body: JSON.stringify(seen)});
};
</script>"""


class Events(ThreadingHTTPServer):
    """Half of the events on the first stream, which it ends; the rest to who comes back."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.resumed_after: list[str | None] = []
        self.seen: list | None = None
        self.told = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    server: Events

    def do_GET(self):
        if self.path == "/sse":
            self.stream()
        elif self.path == "/":
            self.answer(200, "text/html", PAGE)
        else:
            self.answer(404, "text/plain", "")

    def do_POST(self):
        self.server.seen = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(204, "text/plain", "")
        self.server.told.set()

    def answer(self, status: int, media_type: str, body: str):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def stream(self):
        after = self.headers.get("Last-Event-ID")
        self.server.resumed_after.append(after)
        first = int(after or 0) + 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: 10\n\n")
        for number in range(first, min(first + EVENTS // 2, EVENTS + 1)):
            data = "last" if number == EVENTS else f"event {number}"
            self.wfile.write(f"id: {number}\ndata: {data}\n\n".encode())
            self.wfile.flush()

    def log_message(self, *_):
        pass


@unittest.skipUnless(CHROMIUM, "needs Chromium, which the tests do not install")
class BrowserTest(unittest.TestCase):
    def setUp(self):
        self.server = Events()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def browse(self, url: str):
        profile = tempfile.TemporaryDirectory(prefix="mcp-vitals-chromium-")
        self.addCleanup(profile.cleanup)
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   f"--user-data-dir={profile.name}", url]
        browser = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(browser.wait, WITHIN)
        self.addCleanup(browser.kill)

    def test_every_event_once_and_in_order(self):
        with Proxy("browser", self.server.port) as proxy:
            self.browse(proxy.url("/"))
            self.assertTrue(self.server.told.wait(WITHIN), "the page has not seen its last event")
            numbers = range(1, EVENTS + 1)
            expected = [[str(n), "last" if n == EVENTS else f"event {n}"] for n in numbers]
            self.assertEqual(self.server.seen, expected)
            self.assertEqual(self.server.resumed_after, [None, str(EVENTS // 2)])
            metrics = proxy.wait_for("both streams have ended", lambda m: not m.numbers(
                "mcp_active_sse_connections", "kind"))
            self.assertEqual(metrics.numbers("mcp_sse_connections_opened_total", "kind"),
                             {"get": 2})
            self.assertEqual(metrics.numbers("mcp_sse_connections_resumed_total", "kind"),
                             {"get": 1})
