#include "app/room.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

namespace mcp_vitals::app {

namespace {

// An idle stream takes less (`make bench` prints this program's part); an exchange with bodies
// takes more for a while.
constexpr std::uint64_t kPerConnection = 16 * 1024;
constexpr std::uint64_t kOtherDescriptors = 600;  // probes, the HTTP surface, files
constexpr std::uint64_t kFewest = 100;
constexpr std::uint64_t kMost = 100'000;

// A number alone in a file; 0 if there is none ("max").
std::uint64_t ReadNumber(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? number : 0;
}

}  // namespace

std::uint64_t MemoryLimit() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const std::uint64_t machine = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  // Version 2, then version 1; a container sees its own at these places.
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    const std::uint64_t limit = ReadNumber(path);
    if (limit != 0) return std::min(limit, machine);
  }
  return machine;
}

std::size_t ConnectionsThatFit(std::uint64_t memory, std::uint64_t descriptors) {
  const std::uint64_t by_memory = memory / 2 / kPerConnection;
  const std::uint64_t spare = descriptors - std::min(descriptors, kOtherDescriptors);
  return std::clamp(std::min(by_memory, spare / 2), kFewest, kMost);
}

std::uint64_t DescriptorLimit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

}  // namespace mcp_vitals::app
