// An MCP server of the legacy era that has streams: one thread, epoll, canned events.
//
//   stream_server EVENTS       on 127.0.0.0/8; prints the port
//
// GET opens a stream with one event. On SIGUSR1 all streams that are open get EVENTS more, one per
// second each, spread evenly over the second, and then their proper end. An event says which of its
// stream it is and when it was sent (CLOCK_MONOTONIC, ns). POST is answered with a tool's result:
// as JSON, or where the path begins with /sse as a stream with the result as its first event, which
// ends ENDING_NS later.
//
// On SIGTERM prints one line of JSON and ends: streams, events (of GET streams), blocked (events
// that the socket did not take whole).
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "loopback.h"

#define MAX_FDS 65536
#define BUFFER 1536
#define ENDING_NS 1000000
#define SECOND_NS 1000000000LL

struct connection {
  int streaming;  // a GET stream is open
  int ending;     // how many ends are due
  unsigned next;  // number of the stream's next event
  size_t filled;
  char in[BUFFER];
};
static struct connection* connections[MAX_FDS];
static int poller;
static long streams, sent, blocked;

// Streams of POST that have had their event, first come first ended.
static struct {
  int fd;
  int64_t due;
} endings[MAX_FDS];
static unsigned first_ending, last_ending;

// The round of events that SIGUSR1 began.
static struct {
  int fds[MAX_FDS];
  int count;
  long events, done;
  int64_t began;
} volley;

static const char kStreamHead[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
static const char kStreamEnd[] = "0\r\n\r\n";

static int send_all(int fd, const char* bytes, size_t size) {
  if (send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size) return 1;
  ++blocked;
  return 0;
}

static int chunk_of(char* out, size_t room, const char* event) {
  return snprintf(out, room, "%zx\r\n%s\r\n", strlen(event), event);
}

static void send_event(int fd, struct connection* c) {
  char event[256];
  char out[512] = "";
  snprintf(event, sizeof event,
           "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\","
           "\"params\":{\"level\":\"info\",\"data\":{\"n\":%u,\"at\":%lld}}}\n\n",
           c->next, (long long)now_ns());
  const int head = c->next == 0 ? snprintf(out, sizeof out, "%s", kStreamHead) : 0;
  const int size = head + chunk_of(out + head, sizeof out - (size_t)head, event);
  ++c->next;
  if (send_all(fd, out, (size_t)size)) ++sent;
}

static int open_stream(int fd, struct connection* c) {
  c->streaming = 1;
  c->next = 0;
  ++streams;
  send_event(fd, c);
  return 1;
}

static int answer_call(int fd, struct connection* c, const char* body, size_t body_size) {
  char result[512];
  char out[1024];
  const char* id = memmem(body, body_size, "\"id\":", 5);
  const int id_size = id == NULL ? 0 : (int)strcspn(id + 5, ",}");
  if (id_size == 0) {
    static const char kAccepted[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    return send_all(fd, kAccepted, sizeof kAccepted - 1);
  }
  const int streamed = strncmp(c->in, "POST /sse", 9) == 0;
  snprintf(result, sizeof result,
           "%s{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"content\":[{\"type\":\"text\","
           "\"text\":\"Nothing was found\"}],\"isError\":false}}%s",
           streamed ? "event: message\ndata: " : "", id_size, id + 5, streamed ? "\n\n" : "");
  if (!streamed) {
    const int size = snprintf(out, sizeof out,
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                              "Content-Length: %zu\r\n\r\n%s",
                              strlen(result), result);
    return send_all(fd, out, (size_t)size);
  }
  const int head = snprintf(out, sizeof out, "%s", kStreamHead);
  const int size = head + chunk_of(out + head, sizeof out - (size_t)head, result);
  ++c->ending;
  endings[last_ending % MAX_FDS].fd = fd;
  endings[last_ending++ % MAX_FDS].due = now_ns() + ENDING_NS;
  return send_all(fd, out, (size_t)size);
}

// Answers the request in the buffer, of which there is never more than one: false when the
// connection is to be closed.
static int serve(int fd, struct connection* c) {
  c->in[c->filled] = '\0';
  const char* end = strstr(c->in, "\r\n\r\n");
  if (end == NULL) return c->filled < BUFFER - 1;
  const char* length = strcasestr(c->in, "\ncontent-length:");
  const size_t body = length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
  const size_t total = (size_t)(end + 4 - c->in) + body;
  if (c->filled < total) return total < BUFFER;
  c->filled = 0;
  if (strncmp(c->in, "GET ", 4) == 0) return open_stream(fd, c);
  if (strncmp(c->in, "POST ", 5) == 0) return answer_call(fd, c, end + 4, body);
  static const char kDone[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  return send_all(fd, kDone, sizeof kDone - 1);
}

static void on_readable(int fd) {
  struct connection* c = connections[fd];
  const ssize_t got = recv(fd, c->in + c->filled, BUFFER - 1 - c->filled, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got > 0) c->filled += (size_t)got;
  if (got > 0 && serve(fd, c)) return;
  free(c);
  connections[fd] = NULL;
  close(fd);
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (fd >= MAX_FDS || (connections[fd] = calloc(1, sizeof(struct connection))) == NULL) {
      fail("too many connections");
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
  }
}

static void begin_volley(long events) {
  volley.count = 0;
  for (int fd = 0; fd < MAX_FDS; ++fd) {
    if (connections[fd] != NULL && connections[fd]->streaming) volley.fds[volley.count++] = fd;
  }
  volley.events = events * volley.count;
  volley.done = 0;
  volley.began = now_ns();
}

static void end_volley(void) {
  for (int i = 0; i < volley.count; ++i) {
    struct connection* c = connections[volley.fds[i]];
    if (c == NULL || !c->streaming) continue;
    c->streaming = 0;
    send_all(volley.fds[i], kStreamEnd, sizeof kStreamEnd - 1);
  }
  volley.count = 0;
}

// Does what is due; returns the time of what comes next, or 0.
static int64_t do_what_is_due(void) {
  const int64_t now = now_ns();
  for (; first_ending != last_ending; ++first_ending) {
    const int fd = endings[first_ending % MAX_FDS].fd;
    if (endings[first_ending % MAX_FDS].due > now) break;
    struct connection* c = connections[fd];  // another one, if it was closed meanwhile
    if (c == NULL || c->ending == 0) continue;
    --c->ending;
    send_all(fd, kStreamEnd, sizeof kStreamEnd - 1);
  }
  int64_t next = first_ending != last_ending ? endings[first_ending % MAX_FDS].due : 0;
  while (volley.count > 0) {
    const int64_t due = volley.began + volley.done * SECOND_NS / volley.count;
    if (due > now) return next == 0 || due < next ? due : next;
    if (volley.done == volley.events) {
      end_volley();
    } else {
      const int fd = volley.fds[volley.done++ % volley.count];
      if (connections[fd] != NULL && connections[fd]->streaming) send_event(fd, connections[fd]);
    }
  }
  return next;
}

static int listen_on_any(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  const int on = 1;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by what is accepted
  if (bind(fd, (struct sockaddr*)&address, sizeof address) < 0) fail("bind");
  if (listen(fd, 4096) < 0) fail("listen");
  getsockname(fd, (struct sockaddr*)&address, &size);
  printf("%u\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (fd < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: stream_server EVENTS\n");
    return 2;
  }
  raise_descriptors();
  prctl(PR_SET_TIMERSLACK, 1UL);  // events are sent when they are due, not 50 µs later
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  poller = epoll_create1(EPOLL_CLOEXEC);
  const int signalled = signalfd(-1, &signals, SFD_CLOEXEC);
  watch(signalled);
  const int listener = listen_on_any();
  watch(listener);
  for (;;) {
    struct epoll_event events[256];
    const int64_t next = do_what_is_due();
    const int64_t left = next - now_ns();
    const struct timespec wait = {.tv_sec = left > 0 ? left / SECOND_NS : 0,
                                  .tv_nsec = left > 0 ? left % SECOND_NS : 0};
    const int count = epoll_pwait2(poller, events, 256, next == 0 ? NULL : &wait, NULL);
    for (int i = 0; i < count; ++i) {
      struct signalfd_siginfo what;
      if (events[i].data.fd == listener) {
        accept_all(listener);
      } else if (events[i].data.fd != signalled) {
        on_readable(events[i].data.fd);
      } else if (read(signalled, &what, sizeof what) == sizeof what && what.ssi_signo == SIGUSR1) {
        begin_volley(atol(argv[1]));
      } else {
        printf("{\"streams\": %ld, \"events\": %ld, \"blocked\": %ld}\n", streams, sent, blocked);
        return 0;
      }
    }
  }
}
