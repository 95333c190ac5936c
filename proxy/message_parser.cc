#include "proxy/message_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <limits>

namespace mcp_vitals::proxy {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0";
constexpr std::size_t kMaxChunkExtensions = 1024;
// The shortest end of a chunked body; with less, Beast asserts in the middle of the last chunk.
constexpr std::size_t kShortestEnd = 5;

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

// A number that every reader understands alike: any 18 digits fit 63 bits.
bool IsLength(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void AppendHex(std::string& out, std::size_t number) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
  out.append(digits, end);
}

bool IsControl(unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; }

bool StartsWith(std::string_view name, std::string_view prefix) {
  return EqualNames(name.substr(0, prefix.size()), prefix);
}

bool IsBare(std::string_view bytes, std::size_t line_feed) {
  return line_feed < bytes.size() && (line_feed == 0 || bytes[line_feed - 1] != '\r');
}

// Whether one of the line feeds is bare: its sender may think that the head has ended, and wait.
bool HasBare(std::string_view bytes, std::size_t from) {
  std::size_t line_feed = bytes.find('\n', from);
  while (line_feed != std::string_view::npos && !IsBare(bytes, line_feed)) {
    line_feed = bytes.find('\n', line_feed + 1);
  }
  return line_feed != std::string_view::npos;
}

// The forms of a target that a server knows; the others ask a proxy for a way to elsewhere.
bool IsTarget(std::string_view target) {
  return target.starts_with('/') || target == "*" || StartsWith(target, "http://") ||
         StartsWith(target, "https://");
}

// Beast joins a folded line in a buffer of its own, or skips lines that are empty.
bool IsFolded(std::string_view name, std::string_view value, std::string_view bytes) {
  const char* const after = name.data() + name.size();
  if (value.data() < after || value.data() > bytes.data() + bytes.size()) return true;
  const auto between = static_cast<std::size_t>(value.data() - after);
  return std::string_view(after, between).find('\n') != std::string_view::npos;
}

// A trailer comes too late for what says where a message ends, how it is to be read, where it goes
// or on whose behalf (RFC 9110, 6.5.1), and what is said to the next hop alone ends here anyway.
bool IsTrailerAllowed(std::string_view name) {
  switch (http::string_to_field({name.data(), name.size()})) {
    case http::field::authorization:
    case http::field::cache_control:
    case http::field::connection:
    case http::field::content_encoding:
    case http::field::content_length:
    case http::field::content_range:
    case http::field::content_type:
    case http::field::cookie:
    case http::field::expect:
    case http::field::forwarded:
    case http::field::host:
    case http::field::keep_alive:
    case http::field::max_forwards:
    case http::field::proxy_authorization:
    case http::field::proxy_connection:
    case http::field::set_cookie:
    case http::field::te:
    case http::field::trailer:
    case http::field::transfer_encoding:
    case http::field::upgrade:
      return false;
    default:
      return !StartsWith(name, "X-Forwarded-") && !StartsWith(name, "Mcp-");
  }
}

}  // namespace

std::size_t HeadEnd(std::string_view bytes, std::size_t scanned, bool is_request,
                    const MessageLimits& limits, Malformed& wrong) {
  wrong = Malformed::kNot;
  const std::size_t from = scanned - std::min(scanned, kHeadEnd.size() - 1);
  const std::size_t end = bytes.find(kHeadEnd, from);
  const std::size_t size = end == std::string_view::npos ? bytes.size() : end + kHeadEnd.size();
  const std::string_view head = bytes.substr(0, size);
  if (is_request && head.starts_with(kHttp2Preface)) {
    wrong = Malformed::kHttp2;
    return 0;
  }
  const std::size_t line = head.find('\n');
  if (is_request && std::min(line, size) > limits.start_line) {
    wrong = Malformed::kUriTooLong;
  } else if (size > limits.head) {
    wrong = Malformed::kHeadTooLarge;
  } else if (IsBare(head, line) || (end == std::string_view::npos && HasBare(head, from))) {
    wrong = Malformed::kSyntax;
  }
  return wrong == Malformed::kNot && end != std::string_view::npos ? size : 0;
}

template <bool kRequest>
MessageParser<kRequest>::MessageParser(const MessageLimits& limits, bool no_body)
    : limits_(limits) {
  Base::header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadEnd has measured it
  Base::body_limit(boost::none);
  Base::skip(no_body);
}

template <bool kRequest>
Malformed MessageParser<kRequest>::ReadHead(std::string_view bytes, Head& head) {
  head.fields.clear();
  head_ = &head;
  bytes_ = bytes;
  error_code ec;
  Base::put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  head_ = nullptr;
  if (ec == http::error::header_limit) return Malformed::kHeadTooLarge;
  return ec || !Base::is_header_done() ? Malformed::kSyntax : Malformed::kNot;
}

template <bool kRequest>
void MessageParser<kRequest>::on_request_impl(http::verb, string_view method, string_view target,
                                              int version, error_code& ec) {
  if (method == "CONNECT") ec = http::error::bad_method;  // its answer has no end
  if (!IsTarget(View(target))) ec = http::error::bad_target;
  head_->method = View(method);
  head_->target = View(target);
  head_->is_http11 = version == 11;
}

template <bool kRequest>
void MessageParser<kRequest>::on_response_impl(int code, string_view reason, int version,
                                               error_code& ec) {
  if (code < 100) ec = http::error::bad_status;
  head_->status = code;
  head_->reason = View(reason);
  head_->is_http11 = version == 11;
}

template <bool kRequest>
void MessageParser<kRequest>::on_field_impl(http::field id, string_view name, string_view value,
                                            error_code& ec) {
  if (IsFolded(View(name), View(value), bytes_)) ec = http::error::bad_value;
  if (head_ == nullptr) {
    if (!ec) Trailer(name, value, ec);
    return;
  }
  if (head_->fields.size() == limits_.fields) ec = http::error::header_limit;
  if (id == http::field::content_length) {
    if (has_length_ || !IsLength(View(value))) ec = http::error::bad_content_length;
    has_length_ = true;
  } else if (id == http::field::transfer_encoding) {
    const bool good = !has_coding_ && head_->is_http11 && EqualNames(View(value), "chunked");
    if (!good) ec = http::error::bad_transfer_encoding;
    has_coding_ = true;
  } else if (id == http::field::host) {
    if (kRequest && has_host_) ec = http::error::bad_field;
    has_host_ = true;
  }
  head_->fields.push_back({id, View(name), View(value)});
}

template <bool kRequest>
void MessageParser<kRequest>::on_header_impl(error_code& ec) {
  if (has_length_ && has_coding_) ec = http::error::bad_content_length;
  if (kRequest && head_->is_http11 && !has_host_) ec = http::error::bad_field;
}

template <bool kRequest>
Framing MessageParser<kRequest>::framing() const {
  if (Base::is_done()) return Framing::kNone;
  if (Base::chunked()) return Framing::kChunked;
  return Base::need_eof() ? Framing::kUntilClose : Framing::kLength;
}

template <bool kRequest>
Malformed MessageParser<kRequest>::ReadBody(std::string_view bytes, Framing to,
                                            BodyListener& listener, std::string& out,
                                            std::size_t& used) {
  to_ = to;
  listener_ = &listener;
  out_ = &out;
  used = 0;
  while (used < bytes.size() && !Base::is_done()) {
    const std::string_view rest = bytes.substr(used);
    if (Base::chunked() && !in_chunk_ && rest.size() < kShortestEnd) break;
    bytes_ = rest;
    error_code ec;
    used += Base::put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec == http::error::need_more) break;
    if (ec) return Malformed::kSyntax;
  }
  if (!Base::is_done()) {
    // What is left is the beginning of a chunk's header, or of the trailers.
    const std::string_view rest = bytes.substr(used);
    return rest.size() > limits_.head || HasBare(rest, 0) ? Malformed::kSyntax : Malformed::kNot;
  }
  if (to == Framing::kChunked) out.append("0\r\n").append(trailers_).append("\r\n");
  return Malformed::kNot;
}

template <bool kRequest>
void MessageParser<kRequest>::Body(std::string_view bytes) {
  if (bytes.empty()) return;
  listener_->OnBody(bytes);
  if (to_ == Framing::kChunked) {
    AppendHex(*out_, bytes.size());
    out_->append("\r\n").append(bytes).append("\r\n");
  } else {
    out_->append(bytes);
  }
}

template <bool kRequest>
std::size_t MessageParser<kRequest>::on_body_impl(string_view body, error_code&) {
  Body(View(body));
  return body.size();
}

template <bool kRequest>
void MessageParser<kRequest>::on_chunk_header_impl(std::uint64_t size, string_view extensions,
                                                   error_code& ec) {
  // A line feed in quotes is the end of the line to some.
  const bool good = extensions.size() <= kMaxChunkExtensions &&
                    std::none_of(extensions.begin(), extensions.end(), IsControl);
  if (!good) ec = http::error::bad_chunk_extension;
  in_chunk_ = size > 0;
}

template <bool kRequest>
std::size_t MessageParser<kRequest>::on_chunk_body_impl(std::uint64_t left, string_view body,
                                                        error_code&) {
  Body(View(body));
  in_chunk_ = body.size() < left;
  return body.size();
}

template <bool kRequest>
void MessageParser<kRequest>::Trailer(string_view name, string_view value, error_code& ec) {
  if (trailers_.size() + name.size() + value.size() > limits_.head) {
    ec = http::error::header_limit;
  } else if (IsTrailerAllowed(View(name))) {
    trailers_.append(name).append(": ").append(value).append("\r\n");
  }
}

template <bool kRequest>
bool MessageParser<kRequest>::EndsHere() const {
  return Base::is_header_done() && !Base::is_done() && Base::need_eof();
}

template <bool kRequest>
void MessageParser<kRequest>::End() {
  error_code ignored;  // of what EndsHere has looked at
  Base::put_eof(ignored);
}

template class MessageParser<true>;
template class MessageParser<false>;

}  // namespace mcp_vitals::proxy
