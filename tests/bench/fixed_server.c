// An MCP server that costs as little as one can: canned answers, one thread, epoll, keep-alive. It
// is the same for every prober, so that what differs between them is theirs.
//
//   fixed_server [PORT]        on 127.0.0.0/8; prints the port, ends on SIGTERM
//
// The path decides what it speaks: /modern answers 2026-07-28, anything else a legacy era only. One
// session id serves all legacy clients, so nothing is kept and nothing can leak.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FDS 16384
#define BUFFER 8192

#define TOOL(name, text)                                                                    \
  "{\"name\":\"" name "\",\"description\":\"" text                                          \
  "\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\"," \
  "\"description\":\"What to look for\"},\"limit\":{\"type\":\"integer\",\"minimum\":1,"    \
  "\"maximum\":100}},\"required\":[\"query\"],\"additionalProperties\":false}}"
#define TOOLS                                                                \
  "\"tools\":[" TOOL("search_documents", "Searches the documents") "," TOOL( \
      "read_document",                                                       \
      "Reads one document by its name") "," TOOL("list_folders",             \
                                                 "Lists the folders that match a query") "]"
#define SERVER "{\"name\":\"fixed-server\",\"version\":\"1.0.0\"}"

static const char kDiscover[] =
    "\"result\":{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],"
    "\"capabilities\":{\"tools\":{}},\"ttlMs\":0,\"cacheScope\":\"private\","
    "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":" SERVER "}}";
static const char kModernTools[] =
    "\"result\":{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\"," TOOLS "}";
static const char kInitialize[] =
    "\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
    "\"serverInfo\":" SERVER "}";
static const char kLegacyTools[] = "\"result\":{" TOOLS "}";
static const char kCalled[] =
    "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"Nothing was found\"}],"
    "\"isError\":false}";
static const char kUnknownMethod[] = "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}";
static const char kSession[] = "Mcp-Session-Id: 7d1f2c9a4be84f53a1c06e0f6d2b9a31\r\n";

struct connection {
  size_t filled;
  char in[BUFFER];
};
static struct connection* connections[MAX_FDS];

static void fail(const char* what) {
  perror(what);
  exit(1);
}

// The JSON-RPC id as it stands in the request.
static int find_id(const char* body, size_t size, const char** id) {
  const char* at = memmem(body, size, "\"id\":", 5);
  if (at == NULL) return 0;
  *id = at + 5;
  const char* end = *id;
  while (end < body + size && *end != ',' && *end != '}') ++end;
  return (int)(end - *id);
}

static int answer_json(char* out, size_t room, const char* status, const char* headers,
                       const char* id, int id_size, const char* payload) {
  static const char kHead[] = "{\"jsonrpc\":\"2.0\",\"id\":";
  const int size = (int)sizeof kHead - 1 + id_size + 1 + (int)strlen(payload) + 1;
  return snprintf(out, room,
                  "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
                  "%s%.*s,%s}",
                  status, headers, size, kHead, id_size, id, payload);
}

static int answer(const char* head, const char* body, size_t body_size, char* out, size_t room) {
  if (strncmp(head, "DELETE ", 7) == 0) {
    return snprintf(out, room, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }
  if (strncmp(head, "POST ", 5) != 0) {
    return snprintf(out, room, "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
  }
  const char* method = memmem(body, body_size, "\"method\":\"", 10);
  const char* id = "null";
  int id_size = find_id(body, body_size, &id);
  if (id_size == 0) {
    return snprintf(out, room, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
  }
  const int modern = strncmp(head + 5, "/modern", 7) == 0;
  const char kind = method == NULL ? '?' : method[10];
  if (kind == 't' && strncmp(method + 10, "tools/call", 10) == 0 && !modern) {
    return answer_json(out, room, "200 OK", "", id, id_size, kCalled);
  }
  if (kind == 't') {
    return answer_json(out, room, "200 OK", "", id, id_size, modern ? kModernTools : kLegacyTools);
  }
  if (kind == 's' && modern) return answer_json(out, room, "200 OK", "", id, id_size, kDiscover);
  if (kind == 'i' && !modern) {
    return answer_json(out, room, "200 OK", kSession, id, id_size, kInitialize);
  }
  return answer_json(out, room, "404 Not Found", "", id, id_size, kUnknownMethod);
}

// Answers the request at the start of the buffer: 0 when it is not complete, 1 when answered, -1
// when the connection is to be closed.
static int serve(int fd, struct connection* c) {
  c->in[c->filled] = '\0';
  const char* end = memmem(c->in, c->filled, "\r\n\r\n", 4);
  if (end == NULL) return c->filled < BUFFER - 1 ? 0 : -1;
  const char* body = end + 4;
  const char* length = strcasestr(c->in, "content-length:");
  const size_t body_size = length != NULL && length < end ? strtoul(length + 15, NULL, 10) : 0;
  if (body_size > BUFFER) return -1;
  const size_t total = (size_t)(body - c->in) + body_size;
  if (c->filled < total) return total < BUFFER ? 0 : -1;
  const char* close_asked = strcasestr(c->in, "\nconnection: close");
  char out[BUFFER];
  const int size = answer(c->in, body, body_size, out, sizeof out);
  if (send(fd, out, (size_t)size, MSG_NOSIGNAL) != size) return -1;
  if (close_asked != NULL && close_asked < end) return -1;
  c->filled -= total;
  memmove(c->in, c->in + total, c->filled);
  return 1;
}

static void close_connection(int fd) {
  free(connections[fd]);
  connections[fd] = NULL;
  close(fd);
}

static void on_readable(int fd) {
  struct connection* c = connections[fd];
  const ssize_t got = recv(fd, c->in + c->filled, BUFFER - 1 - c->filled, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    close_connection(fd);
    return;
  }
  c->filled += (size_t)got;
  int served = 1;
  while (served == 1 && c->filled > 0) served = serve(fd, c);
  if (served < 0) close_connection(fd);
}

static void accept_all(int listener, int poller) {
  for (;;) {
    const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (fd >= MAX_FDS || (connections[fd] = malloc(sizeof(struct connection))) == NULL) {
      close(fd);
      continue;
    }
    connections[fd]->filled = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
  }
}

static int listen_on(unsigned short port, unsigned short* bound) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by what is accepted
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (struct sockaddr*)&address, sizeof address) < 0) fail("bind");
  if (listen(fd, 4096) < 0) fail("listen");
  socklen_t size = sizeof address;
  getsockname(fd, (struct sockaddr*)&address, &size);
  *bound = ntohs(address.sin_port);
  return fd;
}

int main(int argc, char** argv) {
  unsigned short port = 0;
  const int listener = listen_on((unsigned short)(argc > 1 ? atoi(argv[1]) : 0), &port);
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
  printf("%u\n", port);
  fflush(stdout);
  for (;;) {
    struct epoll_event events[256];
    const int count = epoll_wait(poller, events, 256, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener) {
        accept_all(listener, poller);
      } else {
        on_readable(events[i].data.fd);
      }
    }
  }
}
