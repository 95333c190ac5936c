#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// What is known of an operation that has ended. The views hold during the call that tells it.
struct OperationRecord {
  std::uint64_t session = 0;  // a digest of its session's id; 0: it belongs to none
  std::string_view method;    // of the specification, or "_OTHER"
  std::string_view tool;      // as its client named it; "" for another method
  vitals::Outcome outcome = vitals::Outcome::kOk;
  double seconds = 0;               // from the head of its request to its answer
  int status = 0;                   // of the HTTP answer to its request; 0: there was none
  std::uint64_t request_bytes = 0;  // of the body that asked
  std::uint64_t answer_bytes = 0;   // of the body until its answer had come
  std::string_view traceparent;     // as sent (W3C Trace Context), in the head or in `_meta`
  std::uint64_t probe = 0;          // vitals::ProbeTag of the target, of a probe of ours
};

}  // namespace mcp_vitals::proxy
