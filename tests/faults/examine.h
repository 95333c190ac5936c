#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "probe/target.h"
#include "tests/faults/fake_server.h"
#include "tests/support/certificates.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::faults {

// Sockets and threads of this process.
struct Belongings {
  int sockets = 0;
  int threads = 0;
  static Belongings Now();
  friend bool operator==(const Belongings&, const Belongings&) = default;
};

// Waits until `condition` holds, for some seconds at most; whether it does.
bool Becomes(const std::function<bool()>& condition);

struct Limits {
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds cleanup{5'000};
};

// A target at `url` that is to be spoken to as `wire` is; it trusts the certificate of TlsServer()
// and has the canary `add`. To be changed before it is probed.
std::shared_ptr<probe::Target> MakeTarget(const std::string& url, Wire wire);
// Who is trusted, a server's side of TLS on 127.0.0.1 and localhost, and a client's side.
const support::Authority& TestAuthority();
std::shared_ptr<SSL_CTX> TlsServer();
std::shared_ptr<net::TlsContext> TlsClient();

// One probe, on an io_context of its own. Fails the test if it takes much longer than allowed, or
// leaves anything waiting on the io_context.
vitals::ProbeResult Examine(std::shared_ptr<const probe::Target> target, Limits limits = {});

// "timeout in list_tools", "ok"; "open" is a success whose session could not be closed.
std::string Outcome(const vitals::ProbeResult& result);

}  // namespace mcp_vitals::faults
