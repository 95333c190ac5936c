#pragma once

#include "mcp/envelope.h"
#include "proxy/operations.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// How an operation ended, by its JSON-RPC answer.
vitals::Outcome OutcomeOf(const mcp::Envelope& answer, const Operation& operation);
inline bool IsSuccess(int status) { return status >= 200 && status < 300; }
// Likewise by the HTTP status of an exchange that brought no such answer.
vitals::Outcome OutcomeOf(int status);

}  // namespace mcp_vitals::proxy
