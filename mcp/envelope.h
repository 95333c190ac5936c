#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

// A JSON-RPC id, reduced to a digest of its type and text: enough to match an answer with its
// request. `1` and `"1"` differ, as the specification wants it. 0: no id, or null.
using RpcId = std::uint64_t;

// What somebody in the middle needs of a JSON-RPC message that passes by, in either direction.
struct Envelope {
  enum class Kind {
    kRequest,       // a method with an id
    kNotification,  // a method without
    kResult,
    kError,
    kOther,  // JSON, but none of these
  };
  Kind kind = Kind::kOther;
  RpcId id = 0;
  std::string method;
  std::string name;                   // params.name: the tool of a call
  std::optional<RpcId> cancelled_id;  // params.requestId of notifications/cancelled
  std::string traceparent;            // params._meta.traceparent
  std::string protocol_version;       // params.protocolVersion, or the result's
  std::int64_t error_code = 0;
  std::string error_message;
  bool is_error = false;           // result.isError
  std::vector<std::string> tools;  // names in result.tools

  bool is_answer() const { return kind == Kind::kResult || kind == Kind::kError; }

  void Clear();
};

// Calls `visit` for each message of a document: one, or those of a batch, in order. The envelope is
// the reader's own and holds until the call returns. Lenient where it can be (fields of an
// unexpected type count as absent), since it is not the one who is asked: only what is no JSON at
// all, or nested too deep, is an error; messages before that point have been visited. Memory is
// bounded: texts beyond 1 KiB count as absent, and a list has at most 10,000 tools.
class EnvelopeReader {
 public:
  Result<void> Read(std::string_view document, const std::function<void(const Envelope&)>& visit);

 private:
  Envelope envelope_;  // kept for its strings' memory
};

}  // namespace mcp_vitals::mcp
