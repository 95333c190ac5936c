#pragma once

#include <string>
#include <string_view>

#include "net/http_client.h"

namespace mcp_vitals::net {

bool EqualHeaderNames(std::string_view a, std::string_view b);  // ASCII case does not matter

// True when nothing in `request` can end a header early, start another, or say a length of its own.
bool IsValid(const HttpRequest& request);

// Head and body as they go on the wire; replaces `out`.
void Serialize(const HttpRequest& request, std::string& out);

}  // namespace mcp_vitals::net
