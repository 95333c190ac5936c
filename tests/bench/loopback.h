// What the measuring programs share: time, sockets on loopback, descriptors, percentiles.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static inline void fail(const char* what) {
  perror(what);
  exit(1);
}

// Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
static inline int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
}

static inline int connect_to(unsigned short port) {
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int on = 1;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  if (connect(fd, (const struct sockaddr*)&address, sizeof address) < 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static inline int by_size(const void* a, const void* b) {
  const uint32_t x = *(const uint32_t*)a;
  const uint32_t y = *(const uint32_t*)b;
  return (x > y) - (x < y);
}

// Durations in microseconds, all of them kept.
struct durations {
  uint32_t* values;
  size_t count;
  size_t room;
};

static inline void add_duration(struct durations* d, int64_t nanoseconds) {
  if (d->count == d->room) {
    d->room = d->room == 0 ? 65536 : d->room * 2;
    d->values = realloc(d->values, d->room * sizeof *d->values);
    if (d->values == NULL) fail("realloc");
  }
  d->values[d->count++] = nanoseconds > 0 ? (uint32_t)(nanoseconds / 1000) : 0;
}

static inline void sort_durations(struct durations* d) {
  if (d->count > 0) qsort(d->values, d->count, sizeof *d->values, by_size);
}

// Of sorted durations, in milliseconds; `share` of 1 is the longest.
static inline double quantile_ms(const struct durations* d, double share) {
  if (d->count == 0) return 0;
  size_t rank = (size_t)((double)d->count * share);
  if (rank >= d->count) rank = d->count - 1;
  return d->values[rank] / 1e3;
}
