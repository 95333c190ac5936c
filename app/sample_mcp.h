#pragma once

#include <atomic>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "app/sample_request.h"

namespace mcp_vitals::app {

struct SampleOptions {
  std::uint16_t port = 0;  // 0 takes a free one
  bool legacy = true;      // 2025-03-26 to 2025-11-25, with sessions
  bool modern = true;      // 2026-07-28
  bool sse = false;        // answers requests by an event stream instead of JSON
};

struct SampleSessions {
  std::uint64_t opened = 0, closed = 0, live = 0;
};

// The protocol side of the sample server: what is answered to one HTTP request at `/mcp` (and
// `/health`). It validates as the specification has it. One thread but for `sessions`.
class SampleMcp {
 public:
  using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

  struct Answer {
    int status = 200;
    std::string_view content_type;  // "" without a body
    std::string body;
    std::string session;     // issued with this answer
    std::string_view allow;  // of a 405
  };

  explicit SampleMcp(const SampleOptions& options) : options_(options) {}
  Answer Handle(const HttpRequest& request);
  SampleSessions sessions() const;  // from any thread

 private:
  Answer Post(const HttpRequest& http);
  Answer Delete(const HttpRequest& http);
  Answer Modern(const HttpRequest& http, const SampleRequest& request) const;
  Answer Legacy(const HttpRequest& http, const SampleRequest& request);
  Answer Initialize(const SampleRequest& request);
  // What is wrong with the session that a legacy request names; status 200 if nothing.
  Answer CheckSession(const HttpRequest& http, const std::string& id_json) const;
  Answer Result(const SampleRequest& request, std::string result) const;

  const SampleOptions options_;
  std::unordered_set<std::string> sessions_;
  std::atomic<std::uint64_t> opened_{0}, closed_{0};
};

}  // namespace mcp_vitals::app
