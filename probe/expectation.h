#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/json_pointer.h"
#include "mcp/message.h"

namespace re2 {
class RE2;
}

namespace mcp_vitals::probe {

// One condition on a value inside the `result` of a `tools/call`.
struct PointerCheck {
  std::string pointer;                // RFC 6901, from the result: "/structuredContent/count"
  std::optional<std::string> equals;  // a scalar's JSON text: `3`, `true`, `"ok"`
  std::optional<double> min, max;     // inclusive
  std::optional<mcp::JsonType> type;
  std::optional<std::uint64_t> length;  // elements, members, or bytes of a string
};

// What a canary's result must be. Default: any result without `isError`.
struct Expectation {
  bool is_error = false;
  std::vector<std::string> text_contains;                     // each in some text content
  std::vector<std::shared_ptr<const re2::RE2>> text_matches;  // likewise; RE2: time is linear
  std::vector<PointerCheck> checks;
};

// What is wrong with a result, as one sentence for people (bounded, printable); nothing when all
// holds. `message` is the answer that stands in the document `json` at `pointer`.
std::optional<std::string> Unmet(const Expectation& expectation, const mcp::Message& message,
                                 std::string_view json, std::string_view pointer = "");

}  // namespace mcp_vitals::probe
