#include "exporter/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace mcp_vitals::exporter {

ProcessStats ReadProcessStats() {
  ProcessStats stats;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  stats.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);

  double pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  stats.virtual_bytes = pages * page;
  stats.resident_bytes = resident * page;

  std::error_code gone;
  const auto count = [&](const char* directory) {
    return static_cast<double>(std::distance(std::filesystem::directory_iterator(directory, gone),
                                             std::filesystem::directory_iterator()));
  };
  stats.open_fds = count("/proc/self/fd");
  stats.threads = count("/proc/self/task");
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  stats.max_fds = static_cast<double>(limit.rlim_cur);
  return stats;
}

}  // namespace mcp_vitals::exporter
