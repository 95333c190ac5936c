#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mcp_vitals::proxy {

// Where streams of 2024-11-05 have been seen to begin: a client that comes back there may say what
// those of later transports say too (a version, the last event), and means the old one. One thread.
class EndpointPaths {
 public:
  void Add(std::string_view target) {
    if (paths_.size() < kMax && !Has(target)) paths_.emplace_back(PathOf(target));
  }
  bool Has(std::string_view target) const {
    return std::find(paths_.begin(), paths_.end(), PathOf(target)) != paths_.end();
  }

 private:
  static constexpr std::size_t kMax = 16;  // the server's own; a client adds none
  static std::string_view PathOf(std::string_view target) {
    return target.substr(0, target.find('?'));
  }
  std::vector<std::string> paths_;
};

}  // namespace mcp_vitals::proxy
