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
// white space, and of `_meta`. Numbers are compared as text (1 and 1.0 differ), members with the
// same key without their order. Not a cryptographic hash: the server is asked whether it changed,
// not whether it lies.
using Digest = std::array<std::uint64_t, 2>;
std::string ToHex(const Digest& digest);  // 32 hexadecimal digits

struct Tool {
  std::string name;
  Digest digest{};
  // 2026-07-28: for each property with `x-mcp-header`, where its value stands in the arguments (a
  // JSON pointer: "/region", "/filter/region") and the name behind `Mcp-Param-`.
  std::vector<std::pair<std::string, std::string>> header_params;
  // False when an `x-mcp-header` breaks the revision's rules; a client must then not call the tool.
  bool headers_valid = true;
};

// Independent of the order of the tools.
Digest ManifestDigest(const std::vector<Tool>& tools);

struct ManifestChange {
  std::vector<std::string> added, removed, changed;  // names, sorted
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};
// Tools are the same by name; several of one name are compared as a group.
ManifestChange Compare(const std::vector<Tool>& expected, const std::vector<Tool>& seen);

// Reads a manifest file: a `tools/list` result (`{"tools":[…]}`), or its array alone.
Result<std::vector<Tool>> ParseManifest(std::string_view json);

}  // namespace mcp_vitals::mcp
