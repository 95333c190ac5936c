// Opens streams and reads their events, each as a client of its own with a session of its own.
//
//   stream_clients PORT STREAMS [SESSION]
//
// Prints a line of JSON when every stream has had its first event: open. Ends when all have ended,
// or on SIGTERM, which cuts those that are left, with another line: events, missing (numbers that
// were skipped), ended (properly), cut (by the other side, without their end), and how late the
// events came after they were sent, in ms. First events have no part in that: they say how long
// opening takes.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "loopback.h"

#define OPENING 64  // at once
#define LINE 320

enum part { kHead, kChunkSize, kChunk, kChunkEnd };

struct stream {
  int fd;
  enum part part;
  int started;  // the status line was good
  size_t left;  // of the chunk
  unsigned next;
  size_t line_size, data_size;
  char line[LINE];  // of HTTP
  char data[LINE];  // of the events
};

static int poller;
static unsigned short port;
static long opened, opening, events, missing, ended, cut;
static struct durations late;

static void stop(const char* why) {
  fprintf(stderr, "stream_clients: %s\n", why);
  exit(1);
}

// Adds a byte to a line: true when it is complete, then without its line break.
static int add_to_line(char* line, size_t* size, char byte) {
  if (byte != '\n') {
    if (*size < LINE - 1) line[(*size)++] = byte;
    return 0;
  }
  if (*size > 0 && line[*size - 1] == '\r') --*size;
  line[*size] = '\0';
  *size = 0;
  return 1;
}

static void on_event_line(struct stream* s, int64_t arrived) {
  const char* number = strstr(s->data, "\"n\":");
  const char* at = strstr(s->data, "\"at\":");
  if (strncmp(s->data, "data: ", 6) != 0) return;
  if (number == NULL || at == NULL) stop("an event is not what was sent");
  const unsigned n = (unsigned)strtoul(number + 4, NULL, 10);
  if (n < s->next) stop("an event came twice");
  missing += n - s->next;
  s->next = n + 1;
  ++events;
  if (n == 0) {
    ++opened;
    --opening;
  } else {
    add_duration(&late, arrived - strtoll(at + 5, NULL, 10));
  }
}

static void on_head_line(struct stream* s) {
  if (!s->started) {
    if (strncmp(s->line, "HTTP/1.1 200", 12) != 0) stop(s->line);
    s->started = 1;
  } else if (s->line[0] == '\0') {
    s->part = kChunkSize;
  }
}

// Takes what arrived: true when the stream has come to its proper end.
static int take(struct stream* s, const char* bytes, size_t size, int64_t arrived) {
  for (size_t i = 0; i < size; ++i) {
    if (s->part == kChunk) {
      if (add_to_line(s->data, &s->data_size, bytes[i])) on_event_line(s, arrived);
      if (--s->left == 0) s->part = kChunkEnd;
    } else if (!add_to_line(s->line, &s->line_size, bytes[i])) {
      continue;
    } else if (s->part == kHead) {
      on_head_line(s);
    } else if (s->part == kChunkEnd) {
      s->part = kChunkSize;
    } else {
      s->left = strtoul(s->line, NULL, 16);
      if (s->left == 0) return 1;
      s->part = kChunk;
    }
  }
  return 0;
}

static void on_readable(struct stream* s) {
  char bytes[16384];
  const ssize_t got = recv(s->fd, bytes, sizeof bytes, 0);
  if (got > 0 && !take(s, bytes, (size_t)got, now_ns())) return;
  if (s->next == 0) stop("a stream ended before its first event");
  ++*(got > 0 ? &ended : &cut);
  close(s->fd);
}

static void open_stream(struct stream* s, long session) {
  char request[512];
  const int size =
      snprintf(request, sizeof request,
               "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: text/event-stream\r\n"
               "Mcp-Session-Id: 7d1f2c9a-4be8-4f53-a1c0-%012ld\r\n"
               "MCP-Protocol-Version: 2025-11-25\r\n\r\n",
               port, session);
  s->fd = connect_to(port);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &event) < 0) fail("epoll_ctl");
  if (send(s->fd, request, (size_t)size, MSG_NOSIGNAL) != size) fail("send");
  ++opening;
}

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4 || atol(argv[2]) < 1) {
    fprintf(stderr, "usage: stream_clients PORT STREAMS [SESSION]\n");
    return 2;
  }
  port = (unsigned short)atoi(argv[1]);
  const long count = atol(argv[2]);
  const long session = argc > 3 ? atol(argv[3]) : 1;
  raise_descriptors();
  struct stream* streams = calloc((size_t)count, sizeof *streams);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  poller = epoll_create1(EPOLL_CLOEXEC);
  const int signalled = signalfd(-1, &signals, SFD_CLOEXEC);
  struct epoll_event signal_event = {.events = EPOLLIN, .data.ptr = NULL};
  if (streams == NULL || poller < 0 || signalled < 0) fail("start");
  if (epoll_ctl(poller, EPOLL_CTL_ADD, signalled, &signal_event) < 0) fail("epoll_ctl");
  int told = 0;
  for (int asked_to_end = 0; !asked_to_end && ended + cut < count;) {
    struct epoll_event ready[256];
    while (opening < OPENING && opened + opening < count) {
      const long i = opened + opening;
      open_stream(&streams[i], session + i);
    }
    const int number = epoll_wait(poller, ready, 256, -1);
    if (number < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < number; ++i) {
      if (ready[i].data.ptr == NULL) {
        asked_to_end = 1;
      } else {
        on_readable(ready[i].data.ptr);
      }
    }
    if (opened == count && !told) {
      printf("{\"open\": %ld}\n", opened);
      fflush(stdout);
      told = 1;
    }
  }
  sort_durations(&late);
  printf(
      "{\"events\": %ld, \"missing\": %ld, \"ended\": %ld, \"cut\": %ld, \"late_p50\": %.3f, "
      "\"late_p99\": %.3f, \"late_max\": %.3f}\n",
      events, missing, ended, cut, quantile_ms(&late, 0.5), quantile_ms(&late, 0.99),
      quantile_ms(&late, 1));
  return 0;
}
