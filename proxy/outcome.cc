#include "proxy/outcome.h"

#include "mcp/message.h"
#include "mcp/methods.h"

namespace mcp_vitals::proxy {

using mcp::Envelope;
using vitals::Outcome;

Outcome OutcomeOf(const Envelope& answer, const Operation& operation) {
  if (answer.kind == Envelope::Kind::kResult) {
    return answer.is_error && operation.method == mcp::kToolsCall ? Outcome::kToolError
                                                                  : Outcome::kOk;
  }
  switch (answer.error_code) {
    case -32700:
    case -32600:
      return Outcome::kInvalidRequest;
    case mcp::code::kMethodNotFound:
      return Outcome::kMethodNotFound;
    case mcp::code::kInvalidParams:
      return Outcome::kInvalidParams;
    case -32603:
      return Outcome::kInternalError;
    default:
      return Outcome::kRpcOther;
  }
}

Outcome OutcomeOf(int status) {
  if (status >= 500) return Outcome::kHttp5xx;
  return status >= 400 ? Outcome::kHttp4xx : Outcome::kCut;
}

}  // namespace mcp_vitals::proxy
