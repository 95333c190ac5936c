#include "net/http_decoder.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "net/error.h"

namespace mcp_vitals::net {

namespace http = boost::beast::http;

namespace {

constexpr int kMaxInformational = 16;  // 1xx answers before the final one
constexpr std::size_t kMaxHeaders = 256;
constexpr std::size_t kMaxChunkExtension = 4096;  // bytes in one chunk header

boost::system::error_code ToError(const boost::system::error_code& ec) {
  const bool large = ec == http::error::header_limit || ec == http::error::body_limit ||
                     ec == http::error::buffer_overflow;
  return large ? Error::kTooLarge : Error::kMalformedHttp;
}

}  // namespace

// Collects the head in a plain list and the body in `piece`.
class HttpDecoder::Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(std::string& piece) : piece_(piece) {}
  HttpHead head;

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int version, error_code&) override {
    head.status = code;
    head.version = version == 11 ? "1.1" : "1.0";
    head.headers.reserve(16);
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code& ec) override {
    if (head.headers.size() == kMaxHeaders) {
      ec = http::error::header_limit;
      return;
    }
    head.headers.emplace_back(name, value);
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override {
    piece_.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& ec) override {
    if (extensions.size() > kMaxChunkExtension) ec = http::error::header_limit;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    piece_.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  std::string& piece_;
};

HttpDecoder::HttpDecoder(HttpLimits limits, bool head_only)
    : limits_(limits), head_only_(head_only) {}
HttpDecoder::~HttpDecoder() = default;

Result<std::size_t> HttpDecoder::Feed(std::string_view bytes) {
  received_ = received_ || !bytes.empty();
  std::size_t used = 0;
  while (true) {
    if (!parser_) {
      parser_ = std::make_unique<Parser>(piece_);
      parser_->header_limit(static_cast<std::uint32_t>(limits_.head));
      parser_->body_limit(limits_.body);
      parser_->skip(head_only_);
    }
    boost::system::error_code ec;
    const bool had_head = parser_->is_header_done();
    const std::string_view rest = bytes.substr(used);
    used += parser_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec == http::error::need_more) return used;
    if (ec) return ToError(ec);
    if (!had_head && parser_->is_header_done() && parser_->head.status / 100 == 1) {
      // 101 would change the protocol, which was not asked for.
      if (parser_->head.status == 101 || ++informational_ > kMaxInformational) {
        return Error::kMalformedHttp;
      }
      parser_.reset();
      continue;
    }
    return used;
  }
}

Result<void> HttpDecoder::End() {
  if (!received_) return Error::kNoAnswer;
  if (!parser_ || !parser_->is_header_done()) return Error::kClosedEarly;
  boost::system::error_code ec;
  parser_->put_eof(ec);
  if (ec) return Error::kClosedEarly;
  return {};
}

HttpHead* HttpDecoder::head() {
  return parser_ && parser_->is_header_done() ? &parser_->head : nullptr;
}

bool HttpDecoder::complete() const { return parser_ && parser_->is_done(); }

bool HttpDecoder::keep_alive() const { return complete() && parser_->keep_alive(); }

}  // namespace mcp_vitals::net
