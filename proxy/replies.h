#pragma once

#include <string>
#include <string_view>

#include "proxy/message_parser.h"

namespace mcp_vitals::proxy {

// What we answer in the server's stead: a whole HTTP answer with `why` as its text, after which the
// connection is closed. `to_head`: to a HEAD, so without the text itself.
std::string Reply(int status, std::string_view why, bool to_head);

// The answer to a request that cannot be read.
int StatusOf(Malformed wrong);
std::string_view Why(Malformed wrong);

}  // namespace mcp_vitals::proxy
