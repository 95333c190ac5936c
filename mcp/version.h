#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace mcp_vitals::mcp {

// The published revisions of the Model Context Protocol, oldest first.
enum class Version { k20241105, k20250326, k20250618, k20251125, k20260728 };

inline constexpr std::array kVersions = {Version::k20241105, Version::k20250326, Version::k20250618,
                                         Version::k20251125, Version::k20260728};
inline constexpr Version kNewestLegacy = Version::k20251125;
inline constexpr Version kNewest = Version::k20260728;

// Legacy revisions open with `initialize`; the modern one is stateless.
enum class Era { kLegacy, kModern };

// How messages travel: 2024-11-05's pair of an SSE stream and a POST endpoint, or one endpoint.
enum class Transport { kHttpSse, kStreamableHttp };

// "2025-11-25" and the like; nothing for a revision that is not one of `kVersions`.
std::optional<Version> ParseVersion(std::string_view text);
std::string_view ToString(Version version);

Era EraOf(Version version);
std::string_view ToString(Era era);              // "legacy", "modern"
std::string_view ToString(Transport transport);  // "sse", "streamable_http"

}  // namespace mcp_vitals::mcp
