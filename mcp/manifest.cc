#include "mcp/manifest.h"

#include <map>
#include <utility>

#include "mcp/digest.h"
#include "mcp/message_reader.h"

namespace mcp_vitals::mcp {

namespace {

std::map<std::string_view, Digest> ByName(const std::vector<Tool>& tools) {
  std::map<std::string_view, Digest> digests;
  for (const Tool& tool : tools) {
    Accumulate(digests[tool.name], tool.digest);
  }
  return digests;
}

}  // namespace

std::string ToHex(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::uint64_t word : digest) {
    for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(word >> shift) & 0xF];
  }
  return out;
}

Digest ManifestDigest(const std::vector<Tool>& tools) {
  Digest digest{};
  for (const Tool& tool : tools) Accumulate(digest, tool.digest);
  return digest;
}

ManifestChange Compare(const std::vector<Tool>& expected, const std::vector<Tool>& seen) {
  const auto before = ByName(expected);
  const auto after = ByName(seen);
  ManifestChange change;
  for (const auto& [name, digest] : before) {
    const auto found = after.find(name);
    if (found == after.end()) {
      change.removed.emplace_back(name);
    } else if (found->second != digest) {
      change.changed.emplace_back(name);
    }
  }
  for (const auto& [name, digest] : after) {
    if (!before.contains(name)) change.added.emplace_back(name);
  }
  return change;
}

Result<std::vector<Tool>> ParseManifest(std::string_view json) {
  MessageReader reader(MessageReader::Document::kToolList);
  const Result<bool> read = ReadJson(json, reader);
  if (!read) return read.error();
  if (!*read) return reader.error();
  std::optional<std::vector<Tool>> tools = std::move(reader.Take().front().tools);
  if (!tools) return Error::kWrongShape;
  return *std::move(tools);
}

}  // namespace mcp_vitals::mcp
