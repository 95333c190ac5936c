#include "net/http_decoder.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "net/error.h"
#include "net/http_request.h"

namespace mcp_vitals::net {

namespace http = boost::beast::http;

namespace {

constexpr int kMaxInformational = 16;  // 1xx answers before the final one
constexpr std::size_t kMaxHeaders = 256;
constexpr std::string_view kVersionPrefix = "HTTP/1.";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

Error ToError(const boost::system::error_code& ec) {
  const bool large = ec == http::error::header_limit || ec == http::error::body_limit;
  return large ? Error::kTooLarge : Error::kMalformedHttp;
}

}  // namespace

HttpAnswerParser::HttpAnswerParser(const HttpLimits& limits, bool head_only, std::string& body)
    : body_(body), trailer_left_(limits.head) {
  // The head is measured before it comes here.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(limits.body);
  skip(head_only);
}

void HttpAnswerParser::on_response_impl(int code, string_view, int version, error_code& ec) {
  if (code < 100) ec = http::error::bad_status;
  head.status = code;
  head.version = version == 11 ? "1.1" : "1.0";
  head.headers.reserve(16);
}

void HttpAnswerParser::on_field_impl(http::field field, string_view name, string_view value,
                                     error_code& ec) {
  if (is_header_done()) {  // a trailer: nobody asked for it
    const std::size_t size = name.size() + value.size();
    if (size > trailer_left_) ec = http::error::header_limit;
    trailer_left_ -= std::min(size, trailer_left_);
    return;
  }
  if (head.headers.size() == kMaxHeaders) {
    ec = http::error::header_limit;
    return;
  }
  if (field == http::field::transfer_encoding) {
    // No other coding was asked for, and one that is not understood hides where the body ends.
    if (!EqualHeaderNames(value, "chunked")) ec = http::error::bad_transfer_encoding;
    old_chunked = head.version == "1.0";
  }
  head.headers.emplace_back(name, value);
}

std::size_t HttpAnswerParser::on_body_impl(string_view body, error_code&) {
  body_.append(body.data(), body.size());
  return body.size();
}

void HttpAnswerParser::on_chunk_header_impl(std::uint64_t size, string_view extensions,
                                            error_code& ec) {
  constexpr std::size_t kMaxExtensions = 4096;
  if (extensions.size() > kMaxExtensions) ec = http::error::header_limit;
  in_chunk = size > 0;
}

std::size_t HttpAnswerParser::on_chunk_body_impl(std::uint64_t left, string_view body,
                                                 error_code&) {
  body_.append(body.data(), body.size());
  in_chunk = body.size() < left;
  return body.size();
}

Result<std::size_t> HttpDecoder::Feed(std::string_view bytes) {
  received_ = received_ || !bytes.empty();
  return head() == nullptr ? FeedHead(bytes) : FeedBody(bytes);
}

// Beast gets each head whole: its own limit does not hold for headers that come one by one.
Result<std::size_t> HttpDecoder::FeedHead(std::string_view bytes) {
  std::size_t used = 0;
  while (true) {
    const std::string_view rest = bytes.substr(used);
    if (!rest.starts_with(kVersionPrefix.substr(0, rest.size()))) return Error::kMalformedHttp;
    const std::size_t end = rest.find(kHeadEnd, scanned_);
    const std::size_t size = end == std::string_view::npos ? rest.size() : end + kHeadEnd.size();
    if (size > limits_.head) return Error::kTooLarge;
    if (end == std::string_view::npos) {
      scanned_ = size - std::min(size, kHeadEnd.size() - 1);
      return used;
    }
    scanned_ = 0;
    parser_.emplace(limits_, head_only_, body_);
    boost::system::error_code ec;
    used += parser_->put(boost::asio::const_buffer(rest.data(), size), ec);
    if (ec) return ToError(ec);
    if (parser_->head.status >= 200) return used;
    // 101 would change the protocol, which was not asked for.
    if (parser_->head.status == 101 || ++informational_ > kMaxInformational) {
      return Error::kMalformedHttp;
    }
    parser_.reset();
  }
}

Result<std::size_t> HttpDecoder::FeedBody(std::string_view bytes) {
  // The shortest end of a chunked body; with less, Beast asserts in the middle of the last chunk.
  constexpr std::size_t kShortestEnd = 5;
  std::size_t used = 0;
  while (used < bytes.size() && !complete()) {
    const std::string_view rest = bytes.substr(used);
    if (parser_->chunked() && !parser_->in_chunk && rest.size() < kShortestEnd) break;
    boost::system::error_code ec;
    used += parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec == http::error::need_more) break;
    if (ec) return ToError(ec);
  }
  // What is left is the beginning of a chunk's header, or of the trailers.
  if (!complete() && bytes.size() - used > limits_.head) return Error::kTooLarge;
  return used;
}

Result<void> HttpDecoder::End() {
  if (!received_) return Error::kNoAnswer;
  if (head() == nullptr) return Error::kClosedEarly;
  if (complete()) return {};
  boost::system::error_code ec;
  parser_->put_eof(ec);
  if (ec) return Error::kClosedEarly;
  return {};
}

HttpHead* HttpDecoder::head() { return parser_ ? &parser_->head : nullptr; }

bool HttpDecoder::keep_alive() const {
  return complete() && !parser_->old_chunked && parser_->keep_alive();
}

}  // namespace mcp_vitals::net
