// The least that a probe can cost: a bare loop that makes a new connection and does the exchanges
// of a probe on it with blocking system calls, and looks at nothing that comes back.
//
//   floor PORT EXCHANGES SECONDS [PER_SECOND]
//
// Each connection goes to the next of 32 addresses (127.0.1.1, 127.0.2.1, …), since the kernel
// would run out of ports for one alone. EXCHANGES: 1 (initialize), 2 (modern), 4 (legacy). With PER_SECOND it rests after each probe, so
// that it finds the caches as cold as a prober does that has nothing to do in between.
//
// Prints one line of JSON: probes, seconds of wall clock, of user and of system time.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ADDRESSES 32

#define META                                                                       \
  "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","         \
  "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"floor\",\"version\":\"0\"}," \
  "\"io.modelcontextprotocol/clientCapabilities\":{}}"
#define VERSION "MCP-Protocol-Version: "
#define SESSION "Mcp-Session-Id: 7d1f2c9a4be84f53a1c06e0f6d2b9a31\r\n"

static const char kDiscover[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server/discover\",\"params\":{" META "}}";
static const char kModernTools[] =
    "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{" META "}}";
static const char kInitialize[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
    "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"floor\",\"version\":\"0\"}}}";
static const char kInitialized[] = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
static const char kLegacyTools[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}";

struct request {
  char bytes[1024];
  size_t size;
};

static struct request make(const char* method, const char* path, const char* headers,
                           const char* body) {
  struct request r;
  r.size = (size_t)snprintf(r.bytes, sizeof r.bytes,
                            "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: floor/0\r\n"
                            "Content-Type: application/json\r\n"
                            "Accept: application/json, text/event-stream\r\n"
                            "%sContent-Length: %zu\r\n\r\n%s",
                            method, path, headers, strlen(body), body);
  return r;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static void fail(const char* what) {
  perror(what);
  exit(1);
}

static void probe(struct sockaddr_in* server, const struct request* requests, int count) {
  static unsigned next = 0;
  server->sin_addr.s_addr = htonl(INADDR_LOOPBACK + (++next % ADDRESSES + 1) * 256);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd < 0 || connect(fd, (const struct sockaddr*)server, sizeof *server) < 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char answer[8192];
  for (int i = 0; i < count; ++i) {
    if (send(fd, requests[i].bytes, requests[i].size, MSG_NOSIGNAL) < 0) fail("send");
    if (recv(fd, answer, sizeof answer, 0) <= 0) fail("recv");
  }
  close(fd);
}

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    fprintf(stderr, "usage: floor PORT EXCHANGES SECONDS [PER_SECOND]\n");
    return 2;
  }
  const double rest = argc == 5 ? 1e6 / atof(argv[4]) : 0;
  struct sockaddr_in server = {.sin_family = AF_INET,
                               .sin_port = htons((unsigned short)atoi(argv[1]))};
  const int exchanges = atoi(argv[2]);
  const double length = atof(argv[3]);
  struct request requests[4];
  if (exchanges == 2) {
    requests[0] =
        make("POST", "/modern", VERSION "2026-07-28\r\nMcp-Method: server/discover\r\n", kDiscover);
    requests[1] =
        make("POST", "/modern", VERSION "2026-07-28\r\nMcp-Method: tools/list\r\n", kModernTools);
  } else if (exchanges == 1 || exchanges == 4) {
    requests[0] = make("POST", "/legacy", "", kInitialize);
    requests[1] = make("POST", "/legacy", VERSION "2025-11-25\r\n" SESSION, kInitialized);
    requests[2] = make("POST", "/legacy", VERSION "2025-11-25\r\n" SESSION, kLegacyTools);
    requests[3] = make("DELETE", "/legacy", VERSION "2025-11-25\r\n" SESSION, "");
  } else {
    fprintf(stderr, "floor: EXCHANGES is 1, 2 or 4\n");
    return 2;
  }
  probe(&server, requests, exchanges);
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  const double began = now();
  long probes = 0;
  while (now() - began < length) {
    probe(&server, requests, exchanges);
    ++probes;
    if (rest > 0) usleep((useconds_t)rest);
  }
  const double wall = now() - began;
  getrusage(RUSAGE_SELF, &after);
  printf("{\"probes\": %ld, \"failures\": 0, \"wall\": %.6f, \"user\": %.6f, \"sys\": %.6f}\n",
         probes, wall, seconds(after.ru_utime) - seconds(before.ru_utime),
         seconds(after.ru_stime) - seconds(before.ru_stime));
  return 0;
}
