#pragma once

#include <string>

#include "vitals/snapshot.h"

namespace mcp_vitals::app {

// A snapshot for people and for programs that do not speak Protobuf: one JSON object, with the
// durations of calls as count, sum and quantiles. `boot` is text, since it has 64 bits; `echo` is
// base64.
std::string SnapshotJson(const vitals::Snapshot& snapshot);

}  // namespace mcp_vitals::app
