#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "mcp/message.h"
#include "mcp/sse_parser.h"
#include "net/http_client.h"
#include "probe/failure.h"
#include "probe/reply.h"

namespace mcp_vitals::probe {

// A message as it came: parsed, the document that it came in (the same of all in a batch, which may
// be a thousand), and where in it ("" or "/2").
struct Received {
  mcp::Message message;
  std::shared_ptr<const std::string> document;
  std::string pointer;
};
Reply TakeReply(Received& received);
// Where message `index` stands in `json`, which may be a batch.
std::string PointerTo(std::size_t index, std::string_view json);

// The JSON-RPC messages (and 2024-11-05's `endpoint`) that arrive on an event stream, one at a
// time. One thread.
class MessageStream {
 public:
  enum class End { kNone, kClean, kCut, kTimeout, kTooLarge, kNotJsonRpc, kWrongShape };

  explicit MessageStream(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // The next message; nothing when the stream gives no more, and `end()` says why. `body` holds an
  // answered exchange whose body is the event stream. Both must outlive the await.
  net::Task<std::optional<Received>> Next(net::HttpClient& body, net::Deadline deadline);
  // Waits for the first `endpoint` event instead.
  net::Task<std::optional<std::string>> Endpoint(net::HttpClient& body, net::Deadline deadline);

  End end() const { return end_; }
  const mcp::SseParser& parser() const { return parser_; }
  std::size_t bytes() const { return bytes_; }

 private:
  net::Task<bool> ReadMore(net::HttpClient& body, net::Deadline deadline);
  void OnEvent(const mcp::SseEvent& event);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  mcp::SseParser parser_;
  std::deque<Received> messages_;
  std::optional<std::string> endpoint_;
  End end_ = End::kNone;
};

// Why no answer came on a stream that ended so.
Failure StreamFailure(MessageStream::End end, bool known_mcp);

}  // namespace mcp_vitals::probe
