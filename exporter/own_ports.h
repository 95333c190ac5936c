#pragma once

#include <cstdint>
#include <mutex>
#include <set>

namespace mcp_vitals::exporter {

// The source ports of this process's own connections, by which a listener on loopback tells them
// from anybody else's. Thread-safe.
class OwnPorts {
 public:
  // One of them, for as long as this lives.
  class Claim {
   public:
    Claim(OwnPorts& ports, std::uint16_t port) : ports_(ports), port_(port) {
      const std::lock_guard lock(ports_.mutex_);
      ports_.ports_.insert(port_);
    }
    ~Claim() {
      const std::lock_guard lock(ports_.mutex_);
      ports_.ports_.erase(port_);
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    OwnPorts& ports_;
    const std::uint16_t port_;
  };

  bool Contains(std::uint16_t port) const {
    const std::lock_guard lock(mutex_);
    return ports_.contains(port);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::uint16_t> ports_;
};

}  // namespace mcp_vitals::exporter
