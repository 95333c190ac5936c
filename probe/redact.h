#pragma once

#include <string>
#include <string_view>

namespace mcp_vitals::probe {

// Replaces `secret` in `text` by "[hidden]", and the part of one that a shortened text ("…") ends
// in. Servers repeat what they were sent, and details are shown to people. Fewer than four bytes
// are no secret, and would spoil any text.
void Redact(std::string& text, std::string_view secret);

// A URL (or a reference) as it may be shown: without its query, where keys and sessions travel.
std::string_view WithoutQuery(std::string_view url);

}  // namespace mcp_vitals::probe
