#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mcp/sse_parser.h"

namespace mcp_vitals::mcp {

// An event as "type|data|id".
inline std::string Written(const SseEvent& event) {
  std::string out(event.type);
  out += '|';
  out += event.data;
  out += '|';
  out += event.id;
  return out;
}

// Feeds the pieces to one parser; "!" stands for an error.
inline std::vector<std::string> Events(const std::vector<std::string_view>& pieces,
                                       SseParser parser = SseParser()) {
  std::vector<std::string> events;
  const auto keep = [&](const SseEvent& event) { events.push_back(Written(event)); };
  for (std::string_view piece : pieces) {
    if (!parser.Feed(piece, keep)) events.push_back("!");
  }
  return events;
}

inline std::vector<std::string> EventsOf(std::string_view stream) {
  return Events(std::vector<std::string_view>{stream});
}

}  // namespace mcp_vitals::mcp
