#pragma once

#include <cstddef>
#include <string_view>

namespace mcp_vitals::mcp {

// Bytes of the UTF-8 sequence that `text` begins with; 0 when it begins with none.
std::size_t Utf8SequenceLength(std::string_view text);

// The longest prefix of valid UTF-8 text that has at most `bytes` and cuts no character.
std::string_view Utf8Prefix(std::string_view text, std::size_t bytes);

}  // namespace mcp_vitals::mcp
