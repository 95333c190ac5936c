#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/async.h"

namespace mcp_vitals::net {

// An http or https URL, taken apart. User information in a URL is an error: secrets come from
// files.
struct Url {
  bool https = false;
  std::string host;  // lower case, an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string target = "/";  // path and query, as sent; the fragment is dropped

  std::string Authority() const;  // for Host: brackets for IPv6, the port when not the scheme's
  std::string Origin() const;     // "https://host:port", always with the port
  std::string ToString() const;
};

Result<Url> ParseUrl(std::string_view text);

// Scheme, host and port are the same.
bool SameOrigin(const Url& a, const Url& b);

// `reference` as a server sent it (Location, an SSE `endpoint` event), resolved against `base` by
// RFC 3986.
Result<Url> Resolve(const Url& base, std::string_view reference);

}  // namespace mcp_vitals::net
