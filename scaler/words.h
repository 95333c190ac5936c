#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "scaler/time.h"

// Numbers and lists as people write them. All pure.
namespace mcp_vitals::scaler {

std::string Number(double number);       // "13", "7.3", "0.045"
std::string Percent(double share);       // "5 %", "0.4 %"
std::string Duration(Seconds duration);  // "500 ms", "2 s", "5 min", "1.5 h"
std::string Age(Seconds age);            // "0 s", "83 s", "12 min", "2.5 h"
// "1 pod", "2 pods", "0.5 pods"
std::string Count(double number, std::string_view one);
// "a", "a and b", "a, b and c", "a, b, c and 5 more": at most `most` of them, each cut to 60 bytes.
std::string List(const std::set<std::string>& words, std::size_t most);

}  // namespace mcp_vitals::scaler
