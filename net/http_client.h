#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/connection.h"

namespace mcp_vitals::net {

struct HttpLimits {
  std::size_t head = std::size_t{64} << 10;  // bytes of a status line and its headers
  std::size_t body = std::size_t{8} << 20;   // bytes of one body, after chunked decoding
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  // Host among them; no Content-Length, no Transfer-Encoding.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // Content-Length is added for POST, PUT, and any body
};

struct HttpHead {
  int status = 0;
  std::string version;  // "1.1", "1.0"
  // As the server sent them, in order. Values may hold any byte but CR, LF, NUL and other controls
  // than TAB: whoever prints one makes it safe.
  std::vector<std::pair<std::string, std::string>> headers;

  // The first header of that name (ASCII case does not matter); "" if there is none.
  std::string_view Find(std::string_view name) const;
};

// An HTTP/1.1 client on one connection: one exchange at a time. Beast parses. After an error the
// connection is closed, unless an answer may still be awaited. Movable (not while an exchange is
// awaited); one thread.
class HttpClient {
 public:
  HttpClient(Connection connection, HttpLimits limits);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Sends the request and reads the head of its final answer (1xx are passed over).
  // Errors: kBadRequest (nothing was sent), kNoAnswer (the connection ended before a byte: on a
  // reused one, try again on a new one), kClosedEarly, kReset, kTlsFailed, kMalformedHttp,
  // kTooLarge, kTimeout.
  Task<Result<HttpHead>> Exchange(HttpRequest request, Deadline deadline);

  // After an Exchange that ended with kTimeout: goes on waiting for the head of its answer. Errors
  // as above; kNoAnswer if nothing is under way.
  Task<Result<HttpHead>> AwaitHead(Deadline deadline);

  // The next piece of the body as it arrives, decoded; empty when the body is complete. The view is
  // valid until the next call. Errors as above; kClosedEarly if it was cut.
  Task<Result<std::string_view>> ReadBody(Deadline deadline);
  // All that is left of the body.
  Task<Result<std::string>> ReadAll(Deadline deadline);

  // The last answer was read to its end, neither side asked to close, and the server has sent
  // nothing and not closed since.
  bool reusable() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::net
