// Drives a /probe endpoint in a closed loop, over kept connections where the exporter keeps them,
// and believes no answer that does not say that the probe succeeded.
//
//   drive PORT PATH CONNECTIONS SECONDS
//
// A `*` in PATH stands for the connection's number, from 1, so that each may have targets probed at
// an address of its own.
//
// Prints one line of JSON: probes, failures (answers without `probe_success 1`), seconds of wall
// clock.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 256
#define BUFFER 65536

struct connection {
  int fd;
  char request[2048];
  size_t request_size;
  size_t filled;
  char in[BUFFER];
};

static struct sockaddr_in prober;
static int poller;
static long probes, failures;

static void fail(const char* what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void dial(struct connection* c) {
  const int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(c->fd, (const struct sockaddr*)&prober, sizeof prober) < 0) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
}

static void ask(struct connection* c) {
  c->filled = 0;
  if (send(c->fd, c->request, c->request_size, MSG_NOSIGNAL) != (ssize_t)c->request_size) fail("send");
}

static void prepare(struct connection* c, const char* path, int number) {
  const char* star = strchr(path, '*');
  const int before = star == NULL ? (int)strlen(path) : (int)(star - path);
  char digits[16] = "";
  if (star != NULL) snprintf(digits, sizeof digits, "%d", number);
  c->request_size = (size_t)snprintf(
      c->request, sizeof c->request, "GET %.*s%s%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", before,
      path, digits, star == NULL ? "" : star + 1);
  if (c->request_size >= sizeof c->request) {
    fprintf(stderr, "drive: the path is too long\n");
    exit(2);
  }
}

// True when the buffer holds a whole answer, by its length or its last chunk; a chunked body is
// joined, so that nothing looked for is cut in two.
static int complete(struct connection* c) {
  c->in[c->filled] = '\0';
  char* end = memmem(c->in, c->filled, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  const char* length = strcasestr(c->in, "\ncontent-length:");
  if (length != NULL && length < end) {
    return c->filled >= (size_t)(end + 4 - c->in) + strtoul(length + 16, NULL, 10);
  }
  if (memcmp(c->in + c->filled - 5, "0\r\n\r\n", 5) != 0) return 0;
  char* to = end + 4;
  char* chunk = to;
  size_t size;
  while ((size = strtoul(chunk, &chunk, 16)) > 0 && chunk + size < c->in + c->filled) {
    memmove(to, chunk + 2, size);
    to += size;
    chunk += 2 + size + 2;
  }
  c->filled = (size_t)(to - c->in);
  return 1;
}

static void on_readable(struct connection* c) {
  const ssize_t got = recv(c->fd, c->in + c->filled, BUFFER - 1 - c->filled, 0);
  if (got <= 0) fail("the prober closed a connection");
  c->filled += (size_t)got;
  if (!complete(c)) return;
  ++probes;
  if (memmem(c->in, c->filled, "\nprobe_success 1\n", 17) == NULL) ++failures;
  const char* close_asked = strcasestr(c->in, "\nconnection: close");
  if (close_asked != NULL && close_asked < strstr(c->in, "\r\n\r\n")) {
    close(c->fd);
    dial(c);
  }
  ask(c);
}

int main(int argc, char** argv) {
  if (argc != 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > MAX_CONNECTIONS) {
    fprintf(stderr, "usage: drive PORT PATH CONNECTIONS SECONDS\n");
    return 2;
  }
  const int count = atoi(argv[3]);
  prober.sin_family = AF_INET;
  prober.sin_port = htons((unsigned short)atoi(argv[1]));
  prober.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct connection* connections = calloc((size_t)count, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (connections == NULL || poller < 0) fail("start");
  const double began = now();
  for (int i = 0; i < count; ++i) {
    prepare(&connections[i], argv[2], i + 1);
    dial(&connections[i]);
    ask(&connections[i]);
  }
  const double until = began + atof(argv[4]);
  while (now() < until) {
    struct epoll_event events[MAX_CONNECTIONS];
    const int ready = epoll_wait(poller, events, MAX_CONNECTIONS, 1000);
    for (int i = 0; i < ready; ++i) on_readable(events[i].data.ptr);
  }
  printf("{\"probes\": %ld, \"failures\": %ld, \"wall\": %.6f}\n", probes, failures, now() - began);
  free(connections);
  return 0;
}
