#include "mcp/version.h"

namespace mcp_vitals::mcp {

namespace {
constexpr std::array<std::string_view, kVersions.size()> kVersionTexts = {
    "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"};
}  // namespace

std::optional<Version> ParseVersion(std::string_view text) {
  for (Version version : kVersions) {
    if (ToString(version) == text) return version;
  }
  return std::nullopt;
}

std::string_view ToString(Version version) {
  return kVersionTexts[static_cast<std::size_t>(version)];
}

Era EraOf(Version version) { return version < Version::k20260728 ? Era::kLegacy : Era::kModern; }

std::string_view ToString(Era era) { return era == Era::kLegacy ? "legacy" : "modern"; }

std::string_view ToString(Transport transport) {
  return transport == Transport::kHttpSse ? "sse" : "streamable_http";
}

}  // namespace mcp_vitals::mcp
