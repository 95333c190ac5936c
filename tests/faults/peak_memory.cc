#include "tests/faults/peak_memory.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace mcp_vitals::faults {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMeasured = false;
#else
constexpr bool kMeasured = true;
#endif

// A field of /proc/self/status in bytes.
std::size_t Status(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoul(line.substr(field.size() + 1)) * 1024;
  }
  return 0;
}

}  // namespace

PeakMemory::PeakMemory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak is what is now
  before_ = Status("VmRSS");
}

std::size_t PeakMemory::growth() const {
  const std::size_t peak = Status("VmHWM");
  return kMeasured && peak > before_ ? peak - before_ : 0;
}

}  // namespace mcp_vitals::faults
