#pragma once

#include <string>

#include "probe/exchange.h"
#include "probe/run.h"

// What both transports' POSTs have in common.
namespace mcp_vitals::probe {

// The version and session headers that go with every request of a legacy session.
void AppendSessionHeaders(const Run& run, Headers& headers);

// Reads what is left of an answer whose content no longer matters, if that comes at once, so that
// its connection can carry the next request: some servers never end what they say to a
// notification, or the stream that an answer came on.
net::Task<void> FinishAnswer(Run& run);

// POSTs a message whose HTTP answer only says that it was taken; else false, and recorded.
// `in_session`: what the server does not know, then, is the session.
net::Task<bool> PostOneWay(Run& run, Headers headers, std::string body, bool in_session);

}  // namespace mcp_vitals::probe
