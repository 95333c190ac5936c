#pragma once

#include <string>
#include <string_view>

namespace mcp_vitals::probe {

// Replaces `secret` in `text` by "[hidden]", and the part of one that a shortened text ("…") ends
// in. Servers repeat what they were sent, and details are shown to people. Fewer than four bytes
// are no secret, and would spoil any text.
void Redact(std::string& text, std::string_view secret);

// Likewise a header's value, and each secret part of it: a server may repeat the token without its
// scheme, or a cookie without its name.
void RedactHeader(std::string& text, std::string_view value);

// Likewise the values in the query of a URL or of its path.
void RedactQuery(std::string& text, std::string_view url);

// A URL (or a reference) as it may be shown: without its user and password, and without its query,
// where keys and sessions travel.
std::string WithoutSecrets(std::string_view url);

}  // namespace mcp_vitals::probe
