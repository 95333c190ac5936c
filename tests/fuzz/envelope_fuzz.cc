#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "mcp/envelope.h"
#include "mcp/json_pointer.h"
#include "tests/fuzz/require.h"

// A message that passes by: what is kept of it is bounded, and a batch of it holds it twice.
namespace mcp_vitals::mcp {
namespace {

using fuzz::Require;
using Seen = std::tuple<Envelope::Kind, RpcId, std::string, std::string, std::optional<RpcId>,
                        std::string, std::string, std::int64_t, bool, std::vector<std::string>>;

constexpr std::size_t kMaxText = 1024;

void CheckBounds(const Envelope& envelope) {
  for (const std::string* text :
       {&envelope.method, &envelope.name, &envelope.traceparent, &envelope.protocol_version}) {
    Require(text->size() <= kMaxText, "a text is short");
  }
  for (const std::string& tool : envelope.tools) Require(tool.size() <= kMaxText, "so is a tool");
  const bool has_method =
      envelope.kind == Envelope::Kind::kRequest || envelope.kind == Envelope::Kind::kNotification;
  Require(has_method != envelope.method.empty(), "what has a method asks");
  Require(envelope.kind != Envelope::Kind::kRequest || envelope.id != 0, "a request has an id");
}

// Nothing when it is no JSON.
std::optional<std::vector<Seen>> Read(EnvelopeReader& reader, std::string_view document) {
  std::vector<Seen> seen;
  const auto read = reader.Read(document, [&seen](const Envelope& envelope) {
    CheckBounds(envelope);
    seen.emplace_back(envelope.kind, envelope.id, envelope.method, envelope.name,
                      envelope.cancelled_id, envelope.traceparent, envelope.protocol_version,
                      envelope.error_code, envelope.is_error, envelope.tools);
  });
  return read ? std::optional(std::move(seen)) : std::nullopt;
}

void Check(std::string_view document) {
  EnvelopeReader reader;
  const auto once = Read(reader, document);
  if (!once || once->size() != 1) return;
  const auto root = FindJson(document, "");
  if (!root || !*root || (*root)->type != JsonType::kObject) return;
  const std::string text(document);
  const auto twice = Read(reader, "[" + text + "," + text + "]");
  if (!twice) return;  // one level too deep
  Require(twice->size() == 2, "a batch of two has two");
  Require((*twice)[0] == (*once)[0] && (*twice)[1] == (*once)[0], "both are what it was alone");
}

}  // namespace
}  // namespace mcp_vitals::mcp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mcp_vitals::mcp::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
