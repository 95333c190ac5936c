#pragma once

#include <string>

#include "app/waterfall.h"
#include "scaler/client.h"

namespace mcp_vitals::app {

// What a scaler answered, and why: for people, and for programs. What it said is made printable.
std::string GotText(const scaler::Got& got, const Style& style);
std::string GotJson(const scaler::Got& got);

}  // namespace mcp_vitals::app
