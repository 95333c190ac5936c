#pragma once

namespace mcp_vitals::exporter {

// What the kernel says of this process, from /proc/self.
struct ProcessStats {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;
  double threads = 0;
};
ProcessStats ReadProcessStats();

}  // namespace mcp_vitals::exporter
