#pragma once

#include <atomic>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "app/sample_answer.h"
#include "app/sample_request.h"
#include "app/sample_stream.h"

namespace mcp_vitals::app {

struct SampleOptions {
  std::uint16_t port = 0;  // 0 takes a free one
  bool legacy = true;      // 2025-03-26 to 2025-11-25, with sessions
  bool modern = true;      // 2026-07-28
  bool sse = false;        // answers requests by an event stream instead of JSON
  // Between two events of a stream that no call asked for.
  std::chrono::milliseconds event_interval = std::chrono::seconds(5);
  std::size_t max_streams = 1024;  // at once; 503 to one more
};

struct SampleSessions {
  std::uint64_t opened = 0, closed = 0, live = 0;
};

// The protocol side of the sample server: what is answered to one HTTP request at `/mcp` (and
// `/health`). It validates as the specification has it. One thread but for
// `sessions`.
class SampleMcp {
 public:
  using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

  using Answer = SampleAnswer;

  explicit SampleMcp(const SampleOptions& options)
      : options_(options), streams_(options.max_streams) {}
  Answer Handle(const HttpRequest& request);
  SampleSessions sessions() const;  // from any thread
  SampleStreams& streams() { return streams_; }

 private:
  struct Session {
    bool is_quiet = false;  // wants none of our log messages
  };

  Answer Get(const HttpRequest& http);
  Answer Post(const HttpRequest& http);
  Answer Delete(const HttpRequest& http);
  Answer Modern(const HttpRequest& http, const SampleRequest& request);
  Answer Listen(const SampleRequest& request);
  Answer Legacy(const HttpRequest& http, const SampleRequest& request);
  Answer Initialize(const SampleRequest& request);
  Answer SetLogLevel(Session& session, const SampleRequest& request) const;
  // What is wrong with the session that a legacy request names; status 200 if nothing.
  Answer CheckSession(const HttpRequest& http, const std::string& id_json) const;
  // The answer to tools/call; `more` are further members of its result, and `unknown_status` the
  // HTTP status for a tool that does not exist.
  Answer Call(const SampleRequest& request, const std::string& session, const std::string& more,
              int unknown_status);
  Answer Result(const SampleRequest& request, std::string result) const;
  Answer Stream(SampleStream stream);

  const SampleOptions options_;
  SampleStreams streams_;
  std::unordered_map<std::string, Session> sessions_;
  std::atomic<std::uint64_t> opened_{0}, closed_{0};
};

}  // namespace mcp_vitals::app
