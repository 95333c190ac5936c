#pragma once

#include <string>
#include <string_view>

#include "mcp/version.h"
#include "net/http_client.h"
#include "net/url.h"

// What the sample clients say, and what they understand of the answers. No I/O.
namespace mcp_vitals::app {

// Who asks: everything that a request says besides what it asks.
struct SampleSpeaker {
  mcp::Era era = mcp::Era::kLegacy;
  net::Url url;
  std::string session;  // "": none, or none yet
};

// A POST of one JSON-RPC request, or of a notification if `id` is 0. `params` are members; of a
// call of a tool, `tool` is its name.
net::HttpRequest PostRequest(const SampleSpeaker& speaker, int id, std::string_view method,
                             std::string params, std::string_view tool = "");
// GET or DELETE of the session.
net::HttpRequest SessionRequest(const SampleSpeaker& speaker, std::string_view http_method);

enum class SampleVerdict {
  kSucceeded,
  kToolError,    // a result with isError
  kRpcError,     // a JSON-RPC error
  kSessionLost,  // the server does not know the session
  kNoAnswer,
};
// What `body`, JSON or an event stream, answers to the request `id`.
SampleVerdict Judge(const net::HttpHead& head, std::string_view body, int id);

}  // namespace mcp_vitals::app
