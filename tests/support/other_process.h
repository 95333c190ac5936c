#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace mcp_vitals::support {

// Another process that holds a TCP connection to a port of this machine for as long as this lives.
class OtherProcess {
 public:
  // Connected when it returns; throws if that cannot be.
  OtherProcess(const std::string& address, std::uint16_t port);
  ~OtherProcess();
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

 private:
  void End() const;
  int stdin_ = -1;  // it reads from here, and waits
  pid_t pid_ = -1;
};

}  // namespace mcp_vitals::support
