#pragma once

#include <chrono>
#include <string>

#include "vitals/probe_result.h"

namespace mcp_vitals::app {

// `probe --output json`: one object, every key always present, null for what is not known. Times
// are in seconds, points in time as RFC 3339.
std::string ResultJson(const vitals::ProbeResult& result);

// "2026-07-28T09:00:00Z"
std::string Rfc3339(std::chrono::sys_seconds time);

}  // namespace mcp_vitals::app
