#pragma once

#include <string_view>

#include "net/url.h"

namespace mcp_vitals::net {

// 301, 302, 303, 307, 308.
bool IsRedirect(int status);

// Where a redirect leads. Only 307 and 308 keep a POST a POST; the others are refused for POST
// (kRedirectNotAllowed), as are https to http, another scheme, and an empty Location.
Result<Url> FollowRedirect(const Url& from, std::string_view method, int status,
                           std::string_view location);

}  // namespace mcp_vitals::net
