#pragma once

namespace mcp_vitals::app {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace mcp_vitals::app
