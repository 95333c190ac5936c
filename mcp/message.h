#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mcp/error.h"
#include "mcp/manifest.h"
#include "mcp/version.h"

// What a client says to an MCP server, and what it needs to understand of the answers. Nothing here
// does I/O; all functions are pure and may be called from any thread.
namespace mcp_vitals::mcp {

struct Implementation {
  std::string name;
  std::string version;
};

// JSON-RPC codes that the protocol gives a meaning to.
namespace code {
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kHeaderMismatch = -32020;              // 2026-07-28
inline constexpr std::int64_t kMissingClientCapability = -32021;     // 2026-07-28
inline constexpr std::int64_t kUnsupportedProtocolVersion = -32022;  // 2026-07-28
}  // namespace code

// ---- said by the client: each returns one JSON-RPC message, UTF-8, without a line end ----------

// In 2026-07-28 every request carries its version, client and capabilities in `params._meta`;
// `version` decides that form for every function below.
std::string InitializeRequest(std::int64_t id, Version version, const Implementation& client);
std::string InitializedNotification();
std::string DiscoverRequest(std::int64_t id, const Implementation& client);
std::string ToolsListRequest(std::int64_t id, Version version, const Implementation& client,
                             std::optional<std::string_view> cursor);
// `arguments_json` is the JSON text of an object ("{}" for none); the caller has validated it.
std::string ToolsCallRequest(std::int64_t id, Version version, const Implementation& client,
                             std::string_view tool, std::string_view arguments_json);
std::string CancelledNotification(std::int64_t request_id, std::string_view reason);
// The polite answer to a server's request that a prober does not serve (legacy eras): an empty
// result for `ping`, else the error "method not found". `id_json` as in Message.
std::string ReplyToServerRequest(std::string_view id_json, std::string_view method);

// ---- understood of the server's answers --------------------------------------------------------

struct RpcError {
  std::int64_t code = 0;
  std::string message;                 // "" if missing; the first 512 bytes, no character cut
  std::vector<std::string> supported;  // data.supported of -32022
};

struct ToolContent {
  std::string type;
  std::string text;  // of type "text"; of all texts together the first 64 KiB are kept
};

// One message from a server, with the parts of a result that a prober reads. What a method does not
// answer stays empty: the caller knows which method it asked.
struct Message {
  enum class Kind { kRequest, kNotification, kResult, kError };
  Kind kind = Kind::kNotification;
  std::string id_json;  // the id as JSON text, `1` or `"a"`; empty when there is none or it is null
  std::string method;   // of a request or notification
  RpcError error;

  // initialize
  std::optional<std::string> protocol_version;
  std::optional<Implementation> server;  // also of server/discover, from result._meta
  // server/discover
  std::optional<std::vector<std::string>> supported_versions;
  std::string result_type;  // "" means "complete"
  // tools/list
  std::optional<std::vector<Tool>> tools;
  std::optional<std::string> next_cursor;
  // tools/call
  bool has_content = false;
  std::optional<bool> is_error;
  std::vector<ToolContent> content;
};

inline constexpr std::size_t kMaxTools = 10'000;  // in one document

// Reads one JSON-RPC message, or a batch of them (2025-03-26 allows it in answers). `bytes` is
// bounded by the caller; depth is bounded here. Foreign bytes in any form give an error, never a
// crash, and memory in proportion to what is extracted.
//
// - The envelope is strict: "jsonrpc" is "2.0", `id` a string, number or null, and there is either
// a
//   method, or a result with its id, or an error (which servers also send without an id).
// - Fields named above must have their type (Error::kWrongShape); null is as good as absent, other
//   fields are not looked at. Of members with the same key the last one counts.
// - Error::kTooLarge beyond: 1,024 messages; kMaxTools; a cursor of 64 KiB; any other string
//   kept of 1 KiB. Beyond 1,000 content items or 64 versions, the rest is not kept.
Result<std::vector<Message>> ParseMessages(std::string_view bytes);

}  // namespace mcp_vitals::mcp
