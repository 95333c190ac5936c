#pragma once

#include <optional>
#include <string>

#include "net/url.h"
#include "probe/channel.h"
#include "probe/message_stream.h"

namespace mcp_vitals::probe {

// HTTP+SSE, 2024-11-05: a GET opens an event stream whose first event names the endpoint to POST
// to; answers come on the stream. Closing the stream ends the session.
class HttpSse final : public Channel {
 public:
  // Opens the stream. Null when the server does not offer this transport, which is recorded.
  static net::Task<std::unique_ptr<HttpSse>> Connect(Run& run);

  net::Task<std::optional<Reply>> Call(Run& run, std::int64_t id, std::string body,
                                       Headers headers) override;
  net::Task<bool> Notify(Run& run, std::string body) override;

 private:
  HttpSse(net::HttpClient stream, std::size_t max_bytes)
      : stream_(std::move(stream)), messages_(max_bytes) {}

  net::HttpClient stream_;
  MessageStream messages_;
};

}  // namespace mcp_vitals::probe
