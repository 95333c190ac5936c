#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

// The numbers at several RFC 6901 pointers, in their order and in one reading of the document;
// nothing where there is none, or no number. As FindJson has it, of members with the same key the
// last one counts. An empty pointer names no number. The document is read by SAX: memory does not
// grow with it, but for one path of keys.
Result<std::vector<std::optional<double>>> FindJsonNumbers(std::string_view document,
                                                           std::span<const std::string> pointers);

}  // namespace mcp_vitals::mcp
