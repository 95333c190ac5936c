#pragma once

#include <string>
#include <string_view>

#include "probe/exchange.h"

namespace mcp_vitals::probe {

// Records a 401 or 403 as the failure, with what the server says of how to be authorized: the
// protected resource metadata (RFC 9728) named in WWW-Authenticate or at its well-known places, as
// long as they are on the target's own origin.
net::Task<void> RecordAuthorizationFailure(Run& run, const net::HttpHead& head);

// The value of `parameter` in a WWW-Authenticate header, quoted or not; "" if it is not there.
std::string ChallengeParameter(std::string_view challenge, std::string_view parameter);

}  // namespace mcp_vitals::probe
