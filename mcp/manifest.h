#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/error.h"

// The tools that a server offers, and how two such lists differ.
namespace mcp_vitals::mcp {

// A change detector over a tool's whole definition, independent of the order of object keys and of
// white space. Not a cryptographic hash: the server is asked whether it changed, not whether it lies.
using Digest = std::array<std::uint64_t, 2>;
std::string ToHex(const Digest& digest);  // 32 hexadecimal digits

struct Tool {
  std::string name;
  Digest digest{};
  // 2026-07-28: (parameter, header name) for each top-level property with `x-mcp-header`.
  std::vector<std::pair<std::string, std::string>> header_params;
};

// Independent of the order of the tools.
Digest ManifestDigest(const std::vector<Tool>& tools);

struct ManifestChange {
  std::vector<std::string> added, removed, changed;  // names, sorted
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};
ManifestChange Compare(const std::vector<Tool>& expected, const std::vector<Tool>& seen);

// Reads a manifest file: a `tools/list` result (`{"tools":[…]}`), or its array alone.
Result<std::vector<Tool>> ParseManifest(std::string_view json);

}  // namespace mcp_vitals::mcp
