#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scaler/explain.h"

namespace mcp_vitals::scaler {

// With it, a client of GetMetrics asks for an explanation, and in that it comes.
inline constexpr char kExplainHeader[] = "mcp-vitals-explain";
inline constexpr char kExplanationTrailer[] = "mcp-vitals-explanation-bin";

// An explanation on its way to a client, with the numbers that the answer itself has no room for.
struct Explained {
  Explanation explanation;
  std::uint64_t pods = 0, seen = 0;
  std::string rule;
};

// As Protobuf (explanation.proto); at most 4 KiB: the last sentences are left out then.
std::string Encode(const Explained& explained);
// Nothing if the bytes are none.
std::optional<Explained> DecodeExplained(std::string_view bytes);

}  // namespace mcp_vitals::scaler
