#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/async.h"
#include "net/http_client.h"

namespace mcp_vitals::net {

// The answer to one HTTP/1.1 request, decoded from bytes as they come; no I/O. Beast parses; what
// it takes and a client should not is refused here.
class HttpDecoder {
 public:
  // `head_only`: the request was HEAD, so no body follows whatever the head says.
  HttpDecoder(HttpLimits limits, bool head_only);
  ~HttpDecoder();
  HttpDecoder(const HttpDecoder&) = delete;
  HttpDecoder& operator=(const HttpDecoder&) = delete;

  // Reads a prefix of `bytes` and returns its length: less than all when more is needed to go on
  // (then give the rest again with what comes after it), when a head has just been completed, or
  // when the answer is complete. An error is final.
  // Errors: kMalformedHttp, kTooLarge.
  Result<std::size_t> Feed(std::string_view bytes);
  // The connection ended in order. kNoAnswer if nothing had come, kClosedEarly if that cut the
  // answer.
  Result<void> End();

  // Of the final answer (1xx are passed over); null until complete. May be moved from.
  HttpHead* head();
  bool complete() const;
  // The connection may carry another exchange.
  bool keep_alive() const;
  // Body bytes decoded since the last call.
  std::string& piece() { return piece_; }

 private:
  class Parser;
  HttpLimits limits_;
  bool head_only_;
  bool received_ = false;
  int informational_ = 0;
  std::string piece_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace mcp_vitals::net
