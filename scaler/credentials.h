#pragma once

#include <string>

namespace mcp_vitals::scaler {

// The whole header Authorization, with what stands in `file` now; "" where there is none, or
// nothing can be read.
std::string AuthorizationHeader(const std::string& type, const std::string& file);

}  // namespace mcp_vitals::scaler
