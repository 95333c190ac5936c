// Calls a tool through a proxy over kept connections, in a closed loop or at a fixed rate, and
// believes no answer without the call's own id and a result.
//
//   load PORT PATH CONNECTIONS SECONDS [RATE [SESSION]]
//
// Without a RATE each connection asks again as soon as it has its answer. With one, requests are
// due at even intervals whatever became of those before (open loop), and a latency counts from when
// the request was due, so that a wait for a free connection is part of it. Every connection has a
// session of its own, numbered from SESSION on, and never uses an id twice.
//
// Prints one line of JSON: requests, failures (a wrong answer, or none), unsent (due, but not sent
// within five seconds after the end), seconds of wall clock, latency in ms.
#define _GNU_SOURCE
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "loopback.h"

#define MAX_CONNECTIONS 1024
#define BUFFER 4096
#define BODY 130
#define PATIENCE_NS 5000000000
#define FIRST_ID 10000000  // eight digits, so that an id is exchanged in place

struct connection {
  int fd;
  unsigned id;
  char* id_at;
  int64_t due;
  size_t request_size;
  size_t filled;
  char request[1024];
  char in[BUFFER];
};

static int poller;
static long requests, failures, unsent;
static struct durations latency;
static struct connection* idle[MAX_CONNECTIONS];
static int idle_count;

static void prepare(struct connection* c, unsigned short port, const char* path, long session) {
  static const char kHead[] = "{\"jsonrpc\":\"2.0\",\"id\":";
  static const char kCall[] =
      ",\"method\":\"tools/call\",\"params\":{\"name\":\"search_documents\",\"arguments\":{"
      "\"query\":\"";
  static const char kTail[] = "\"}}}";
  static const char kQuery[] = "what was written down last week";
  const int rest = (int)(sizeof kHead + sizeof kCall + sizeof kTail) - 3 + 8;
  const int size = snprintf(
      c->request, sizeof c->request,
      "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: application/json\r\n"
      "Accept: application/json, text/event-stream\r\n"
      "Mcp-Session-Id: 7d1f2c9a-4be8-4f53-a1c0-%012ld\r\nMCP-Protocol-Version: 2025-11-25\r\n"
      "Content-Length: %d\r\n\r\n%s%d%s%.*s%s",
      path, port, session, BODY, kHead, FIRST_ID, kCall, BODY - rest, kQuery, kTail);
  c->request_size = (size_t)size;
  const char* body = memmem(c->request, c->request_size, kHead, sizeof kHead - 1);
  if (c->request_size >= sizeof c->request || c->request + size - body != BODY) {
    fprintf(stderr, "load: the request is not as long as it says\n");
    exit(2);
  }
  c->id_at = c->request + (body - c->request) + sizeof kHead - 1;
  c->id = FIRST_ID;
}

static void ask(struct connection* c, int64_t due) {
  char digits[16];
  snprintf(digits, sizeof digits, "%08u", ++c->id);
  memcpy(c->id_at, digits, 8);
  c->filled = 0;
  c->due = due;
  if (send(c->fd, c->request, c->request_size, MSG_NOSIGNAL) != (ssize_t)c->request_size) {
    fail("send");
  }
}

// True when the buffer holds a whole answer, by its length or its last chunk.
static int complete(const struct connection* c) {
  const char* end = memmem(c->in, c->filled, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  const char* length = strcasestr(c->in, "\ncontent-length:");
  if (length != NULL && length < end) {
    return c->filled >= (size_t)(end + 4 - c->in) + strtoul(length + 16, NULL, 10);
  }
  return memcmp(c->in + c->filled - 7, "\r\n0\r\n\r\n", 7) == 0;
}

static int good(const struct connection* c) {
  char id[16];
  const int size = snprintf(id, sizeof id, "\"id\":%08u", c->id);
  return strncmp(c->in, "HTTP/1.1 200", 12) == 0 && strstr(c->in, "\"result\"") != NULL &&
         memmem(c->in, c->filled, id, (size_t)size) != NULL;
}

static void on_readable(struct connection* c) {
  const ssize_t got = recv(c->fd, c->in + c->filled, BUFFER - 1 - c->filled, 0);
  if (got <= 0) {
    fprintf(stderr, "load: a connection was closed, or an answer is too long\n");
    exit(1);
  }
  c->filled += (size_t)got;
  c->in[c->filled] = '\0';
  if (!complete(c)) return;
  ++requests;
  if (!good(c)) ++failures;
  add_duration(&latency, now_ns() - c->due);
  idle[idle_count++] = c;
}

// Waits for answers, but not beyond `until`.
static void wait_for_answers(int64_t until) {
  struct epoll_event events[MAX_CONNECTIONS];
  const int64_t left = until - now_ns();
  const struct timespec wait = {.tv_sec = left > 0 ? left / 1000000000 : 0,
                                .tv_nsec = left > 0 ? left % 1000000000 : 0};
  const int ready = epoll_pwait2(poller, events, MAX_CONNECTIONS, &wait, NULL);
  for (int i = 0; i < ready; ++i) on_readable(events[i].data.ptr);
}

static void run_closed(int64_t until) {
  while (now_ns() < until) {
    while (idle_count > 0) ask(idle[--idle_count], now_ns());
    wait_for_answers(until);
  }
}

// Sends all that is due before `until`, even if late.
static void run_open(int64_t until, double rate) {
  const int64_t began = now_ns();
  int64_t due = began;
  for (long issued = 0; due < until && now_ns() < until + PATIENCE_NS;) {
    while (idle_count > 0 && due <= now_ns() && due < until) {
      // The one that has rested longest, so that all are used.
      struct connection* c = idle[0];
      memmove(&idle[0], &idle[1], (size_t)--idle_count * sizeof idle[0]);
      ask(c, due);
      due = began + (int64_t)((double)++issued * 1e9 / rate);
    }
    wait_for_answers(idle_count > 0 && due < until ? due : until + PATIENCE_NS);
  }
  for (; due < until; due += (int64_t)(1e9 / rate)) ++unsent;
}

int main(int argc, char** argv) {
  if (argc < 5 || argc > 7 || atoi(argv[3]) < 1 || atoi(argv[3]) > MAX_CONNECTIONS) {
    fprintf(stderr, "usage: load PORT PATH CONNECTIONS SECONDS [RATE [SESSION]]\n");
    return 2;
  }
  const unsigned short port = (unsigned short)atoi(argv[1]);
  const int count = atoi(argv[3]);
  const double rate = argc > 5 ? atof(argv[5]) : 0;
  const long session = argc > 6 ? atol(argv[6]) : 1;
  struct connection* connections = calloc((size_t)count, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (connections == NULL || poller < 0) fail("start");
  raise_descriptors();
  prctl(PR_SET_TIMERSLACK, 1UL);  // a request is sent when it is due, not 50 µs later
  for (int i = 0; i < count; ++i) {
    struct connection* c = &connections[i];
    prepare(c, port, argv[2], session + i);
    c->fd = connect_to(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
    idle[idle_count++] = c;
  }
  const int64_t began = now_ns();
  const int64_t until = began + (int64_t)(atof(argv[4]) * 1e9);
  if (rate > 0) {
    run_open(until, rate);
  } else {
    run_closed(until);
  }
  const double wall = (double)(now_ns() - began) / 1e9;
  const int64_t patience = now_ns() + PATIENCE_NS;
  while (idle_count < count && now_ns() < patience) wait_for_answers(patience);
  failures += count - idle_count;  // never answered
  sort_durations(&latency);
  printf(
      "{\"requests\": %ld, \"failures\": %ld, \"unsent\": %ld, \"wall\": %.6f, \"p50\": %.3f, "
      "\"p99\": %.3f, \"max\": %.3f}\n",
      requests, failures, unsent, wall, quantile_ms(&latency, 0.5), quantile_ms(&latency, 0.99),
      quantile_ms(&latency, 1));
  return 0;
}
