#pragma once

#include <memory>
#include <string>

#include "mcp/message.h"
#include "probe/run.h"

namespace mcp_vitals::probe {

// What came back for one JSON-RPC request. The connection worked; whether the answer is the right
// one is for the caller to judge.
struct Reply {
  int status = 200;
  std::unique_ptr<mcp::Message> message;        // null: the body (of a non-2xx answer) held none
  std::shared_ptr<const std::string> document;  // that it came in; null without a message
  std::string pointer = "";                     // where in it: "" or, in a batch, "/2"
  std::string excerpt;                          // the beginning of a body without a message
};

// A reply that is a JSON-RPC result; anything else is recorded as the failure of the current phase
// (`refusal` is the reason for a JSON-RPC error), and null is returned.
const mcp::Message* ResultOf(Run& run, const Reply& reply, vitals::Reason refusal);

// The failure that a reply without a JSON-RPC result amounts to.
Failure ReplyFailure(const Run& run, const Reply& reply, vitals::Reason refusal);

}  // namespace mcp_vitals::probe
