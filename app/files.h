#pragma once

#include <cstddef>
#include <string>

#include "app/values.h"

namespace mcp_vitals::app {

inline constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxManifestBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10;

// A regular file's content. The error names the file and says why not: missing, a directory, not
// readable, larger than `max_bytes` (found out without reading it).
Parsed<std::string> ReadFile(const std::string& path, std::size_t max_bytes);

// `path` as seen from the folder of `from_file`; absolute paths stay.
std::string RelativeTo(const std::string& from_file, const std::string& path);

}  // namespace mcp_vitals::app
