#pragma once

#include <string_view>

#include "mcp/headers.h"

namespace mcp_vitals::proxy {

// Whether a Content-Type is of this type, whatever its parameters.
inline bool IsMediaType(std::string_view header, std::string_view type) {
  return mcp::EqualHeaderNames(header.substr(0, header.find_first_of("; \t")), type);
}

// Whether a body stands as it is under this Content-Encoding.
inline bool IsPlain(std::string_view encoding) {
  return encoding.empty() || mcp::EqualHeaderNames(encoding, "identity");
}

}  // namespace mcp_vitals::proxy
