#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mcp_vitals::proxy {

inline constexpr std::string_view kOther = "_OTHER";

// The tools that may be a label: those that the server itself has listed, within a bound. A client
// can't add to them by calling what is not there. One thread.
class ToolNames {
 public:
  static constexpr std::size_t kMaxNameBytes = 128;  // a longer label would be cut when exported

  void Learn(const std::vector<std::string>& names);
  // The label of a tool that was called by this name; valid as long as this object.
  std::string_view LabelOf(std::string_view name) const;

 private:
  std::set<std::string, std::less<>> names_;
};

}  // namespace mcp_vitals::proxy
