#pragma once

#include <string>

#include "app/json_out.h"
#include "scaler/board.h"
#include "scaler/explain.h"

namespace mcp_vitals::app {

// One fleet as an object of `/scaling?format=json`: all numbers, and the sentences.
std::string FleetJson(const scaler::FleetReport& fleet);

// The member "explanation" of an object that is open.
void WriteExplanation(const scaler::Explanation& explanation, JsonOut& out);

}  // namespace mcp_vitals::app
