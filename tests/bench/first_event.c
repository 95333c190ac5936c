// How long the first event of a new stream takes, from before its request is sent until the whole
// event is there; one stream after the other.
//
//   first_event PORT COUNT kept|new
//
// kept: a tools/call answered by a stream, which the server ends soon; the next one goes over the
//       same connection.
// new:  a GET stream on a connection that was just opened, outside of what is timed, and that is
//       closed after the event; a proxy has to connect to the server within the time, if its own
//       connection went with the stream before.
//
// Prints one line of JSON: streams, and p50, p99 and max in ms.
#define _GNU_SOURCE
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "loopback.h"

#define BUFFER 4096
#define REST_US 1000  // between two streams: what the one before left behind is cleared away

static const char kGet[] =
    "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
    "Mcp-Session-Id: 7d1f2c9a4be84f53a1c06e0f6d2b9a31\r\nMCP-Protocol-Version: 2025-11-25\r\n\r\n";

static size_t write_call(char* out, size_t room, unsigned id) {
  char body[256];
  snprintf(body, sizeof body,
           "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"tools/call\",\"params\":{\"name\":"
           "\"search_documents\",\"arguments\":{\"query\":\"last week\"}}}",
           id);
  return (size_t)snprintf(
      out, room,
      "POST /sse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      "Accept: application/json, text/event-stream\r\n"
      "Mcp-Session-Id: 7d1f2c9a4be84f53a1c06e0f6d2b9a31\r\nMCP-Protocol-Version: 2025-11-25\r\n"
      "Content-Length: %zu\r\n\r\n%s",
      strlen(body), body);
}

// Reads on until `mark` is there, which comes after what was read before.
static void read_until(int fd, char* in, size_t* filled, const char* mark) {
  while (memmem(in, *filled, mark, strlen(mark)) == NULL) {
    const ssize_t got = recv(fd, in + *filled, BUFFER - *filled, 0);
    if (got <= 0) {
      fprintf(stderr, "first_event: the stream ended, or never brings what is waited for\n");
      exit(1);
    }
    *filled += (size_t)got;
  }
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: first_event PORT COUNT kept|new\n");
    return 2;
  }
  const unsigned short port = (unsigned short)atoi(argv[1]);
  const unsigned count = (unsigned)atoi(argv[2]);
  const int kept = strcmp(argv[3], "kept") == 0;
  struct durations taken = {0};
  char request[1024];
  char in[BUFFER];
  prctl(PR_SET_TIMERSLACK, 1UL);
  int fd = kept ? connect_to(port) : -1;
  for (unsigned i = 0; i < count; ++i) {
    if (!kept) fd = connect_to(port);
    usleep(REST_US);
    size_t size = sizeof kGet - 1;
    memcpy(request, kGet, sizeof kGet);
    if (kept) size = write_call(request, sizeof request, i + 1);
    size_t filled = 0;
    const int64_t began = now_ns();
    if (send(fd, request, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
    read_until(fd, in, &filled, "\n\n");
    add_duration(&taken, now_ns() - began);
    if (strncmp(in, "HTTP/1.1 200", 12) != 0) {
      fprintf(stderr, "first_event: not a good answer\n");
      return 1;
    }
    if (kept) {
      read_until(fd, in, &filled, "\r\n0\r\n\r\n");
    } else {
      close(fd);
    }
  }
  sort_durations(&taken);
  printf("{\"streams\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}\n", taken.count,
         quantile_ms(&taken, 0.5), quantile_ms(&taken, 0.99), quantile_ms(&taken, 1));
  return 0;
}
