#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mcp_vitals::net {

// RFC 4648, section 4, with padding: what carries bytes in a header. Decoding takes the canonical
// form alone.
std::string EncodeBase64(std::string_view bytes);
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace mcp_vitals::net
