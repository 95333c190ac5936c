#pragma once

#include <memory>

#include "app/sample_stream.h"
#include "net/async.h"

namespace mcp_vitals::app {

// Sends what the stream has to send as the chunked body of an answer whose head has gone, until it
// ends, somebody ends it, or the client leaves, which is noticed at once. True if the connection
// may carry another request then. `socket` outlives the await; where the client takes nothing,
// closing it ends the wait.
net::Task<bool> PumpStream(net::TcpSocket& socket, std::shared_ptr<SampleStream> stream);

}  // namespace mcp_vitals::app
