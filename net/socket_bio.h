#pragma once

#include <openssl/bio.h>

#include "net/async.h"

namespace mcp_vitals::net {

// OpenSSL's way to a socket that is not to be waited for; `socket` outlives it. OpenSSL's own would
// raise SIGPIPE and trust the socket to be non-blocking. Null when there is no memory.
BIO* NewSocketBio(TcpSocket& socket);
BIO* NewSocketBio(int& fd);

}  // namespace mcp_vitals::net
