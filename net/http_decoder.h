#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/async.h"
#include "net/http_client.h"

namespace mcp_vitals::net {

// Collects what Beast's parser reports: the head in a plain list, the body in one string.
class HttpAnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  HttpAnswerParser(const HttpLimits& limits, bool head_only, std::string& body);

  HttpHead head;
  bool in_chunk = false;     // the next bytes are a chunk's data
  bool old_chunked = false;  // HTTP/1.0 that claims to be chunked

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, string_view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  std::string& body_;
  std::size_t trailer_left_;
};

// The answer to one HTTP/1.1 request, decoded from bytes as they come; no I/O. Beast parses; what
// it takes and a client should not is refused here.
class HttpDecoder {
 public:
  // `head_only`: the request was HEAD, so no body follows whatever the head says.
  HttpDecoder(HttpLimits limits, bool head_only) : limits_(limits), head_only_(head_only) {}
  HttpDecoder(const HttpDecoder&) = delete;
  HttpDecoder& operator=(const HttpDecoder&) = delete;

  // Decodes a prefix of `bytes` and returns its length. It stops short after the final head, at the
  // end of the answer, and where more is needed to go on: then give the rest again with what comes
  // after it. How the bytes are cut makes no difference to what is decoded.
  // Errors are final, and `body` may hold what came before: kMalformedHttp, kTooLarge.
  Result<std::size_t> Feed(std::string_view bytes);
  // The connection ended in order. Errors: kNoAnswer if nothing had come, kClosedEarly if that cut
  // the answer.
  Result<void> End();

  // Of the final answer (1xx are passed over); null until it is complete. May be moved from.
  HttpHead* head();
  bool complete() const { return parser_ && parser_->is_done(); }
  bool received() const { return received_; }  // a byte has come
  bool keep_alive() const;                     // after the end: another exchange may follow
  // What was decoded of the body; to be taken out by the caller.
  std::string& body() { return body_; }

 private:
  Result<std::size_t> FeedHead(std::string_view bytes);
  Result<std::size_t> FeedBody(std::string_view bytes);

  HttpLimits limits_;
  bool head_only_;
  bool received_ = false;
  int informational_ = 0;                   // 1xx heads seen
  std::size_t scanned_ = 0;                 // of the head under way, without its end
  std::optional<HttpAnswerParser> parser_;  // from the end of the first head on
  std::string body_;
};

}  // namespace mcp_vitals::net
