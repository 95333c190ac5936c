#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "mcp/version.h"
#include "probe/channel.h"
#include "probe/message_stream.h"

namespace mcp_vitals::probe {

// Streamable HTTP, from 2025-03-26 on: each message is POSTed, the answer is JSON or an event
// stream. In the legacy era a stream that ends before the answer is resumed by GET with
// Last-Event-ID, where the server gave its events ids.
class StreamableHttp final : public Channel {
 public:
  explicit StreamableHttp(mcp::Era era) : era_(era) {}

  net::Task<std::optional<Reply>> Call(Run& run, std::int64_t id, std::string body,
                                       Headers headers) override;
  net::Task<bool> Notify(Run& run, std::string body) override;

 private:
  bool TakeSession(Run& run, const net::HttpHead& head) const;
  net::Task<std::optional<Reply>> ReadReply(Run& run, const net::HttpHead& head, std::int64_t id);
  net::Task<std::optional<Reply>> ReadJson(Run& run, const net::HttpHead& head, std::int64_t id);
  net::Task<std::optional<Reply>> ReadStream(Run& run, std::int64_t id);
  net::Task<void> Answer(Run& run, const mcp::Message& request);
  net::Task<bool> Resume(Run& run, std::string last_event, std::chrono::milliseconds pause);

  mcp::Era era_;
};

}  // namespace mcp_vitals::probe
