#pragma once

#include <cstddef>

namespace mcp_vitals::faults {

// How far this process' resident memory has risen since this was made. Under a sanitizer, whose
// memory says nothing about the program's, always 0.
class PeakMemory {
 public:
  PeakMemory();
  std::size_t growth() const;  // bytes

 private:
  std::size_t before_;
};

}  // namespace mcp_vitals::faults
