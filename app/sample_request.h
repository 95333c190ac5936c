#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mcp_vitals::app {

// What the sample server reads of a JSON-RPC message. What is missing, or of another type than it
// should be, stays empty.
struct SampleRequest {
  std::string id_json;  // as JSON text; "" for a notification or a response
  std::string method;   // "" for a response
  std::string tool;
  std::string protocol_version;  // asked for by initialize
  std::string meta_version;      // 2026-07-28: the version in `params._meta`
  std::optional<std::string> message;
  std::optional<double> a, b, seconds;
  std::string progress_token_json;  // as JSON text
  std::string cancelled_json;       // notifications/cancelled: the id of the request, as JSON text
  std::string log_level;            // of logging/setLevel
  bool has_filter = false;          // subscriptions/listen: says what to listen for
  bool wants_tools_changed = false;
};

// Nothing if `body` is not a JSON-RPC 2.0 object. Batches are not served.
std::optional<SampleRequest> ReadSampleRequest(std::string_view body);

}  // namespace mcp_vitals::app
