#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <string>

#include "net/async.h"
#include "net/connection.h"
#include "net/tls_context.h"

namespace mcp_vitals::net {

using TlsStream = asio::ssl::stream<TcpSocket>;

// Shakes hands on a connected stream: SNI, chain and name verified before anything of ours is sent.
// What the certificate says goes to `trace`, also when it does not verify. The caller guards time
// by closing the socket. `stream` and `trace` must outlive the await; `trace` also the
// verification, which happens within. Errors: kCertificateExpired, kCertificateInvalid, kTlsFailed
// (trace.detail says more).
Task<Result<void>> ShakeHands(TlsStream& stream, std::shared_ptr<TlsContext> context,
                              std::string host, DialTrace& trace);

}  // namespace mcp_vitals::net
