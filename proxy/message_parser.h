#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/head.h"

namespace mcp_vitals::proxy {

struct MessageLimits {
  std::size_t start_line = std::size_t{8} << 10;  // of a request
  std::size_t head = std::size_t{32} << 10;       // with its start line
  std::size_t fields = 128;
};

// What is wrong with a message.
enum class Malformed {
  kNot = 0,
  kSyntax,        // 400
  kHeadTooLarge,  // 431
  kUriTooLong,    // 414
  kHttp2,         // HTTP/2 without being asked: 505
};

// How a body is delimited where it goes to.
enum class Framing {
  kNone,    // it has none
  kLength,  // by Content-Length: as it is
  kChunked,
  kUntilClose,  // by the connection's end: as it is
};

// Hears of the body as it is, without its framing.
class BodyListener {
 public:
  virtual void OnBody(std::string_view bytes) = 0;

 protected:
  ~BodyListener() = default;
};

// Reads one HTTP/1 message on its way from one connection to another. Beast parses; what it takes
// and somebody in the middle should not is refused here: whatever leaves open where a message ends
// (both lengths, several, other codings than chunked, a folded line). Bodies are framed anew, so
// that nothing of the sender's framing reaches the other side. One message each.
template <bool kRequest>
class MessageParser final : public boost::beast::http::basic_parser<kRequest> {
 public:
  // `head` is filled while the head is read, and holds as long as the bytes that it came from.
  // `no_body`: an answer to HEAD.
  MessageParser(const MessageLimits& limits, bool no_body);

  // A whole head, as HeadEnd found it.
  Malformed ReadHead(std::string_view bytes, Head& head);
  // How this message's body is delimited where it comes from; after the head.
  Framing framing() const;
  // Reads a prefix of `bytes` and appends it to `out`, framed as `to`. `used` becomes the prefix's
  // length; the rest, less than a chunk's header, is to be given again with what follows.
  Malformed ReadBody(std::string_view bytes, Framing to, BodyListener& listener, std::string& out,
                     std::size_t& used);
  // The sender's connection has ended in order; whether that is the message's end.
  bool EndsHere() const;
  // It is: the message is complete.
  void End();
  bool complete() const { return this->is_done(); }

 private:
  using Base = boost::beast::http::basic_parser<kRequest>;
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  void on_request_impl(boost::beast::http::verb, string_view method, string_view target,
                       int version, error_code& ec) override;
  void on_response_impl(int code, string_view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field id, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  void Trailer(string_view name, string_view value, error_code& ec);
  void Body(std::string_view bytes);

  const MessageLimits& limits_;
  Head* head_ = nullptr;    // while it is read
  std::string_view bytes_;  // being read
  bool has_length_ = false;
  bool has_coding_ = false;
  bool has_host_ = false;
  bool in_chunk_ = false;  // the next bytes are a chunk's data
  std::string trailers_;
  // Of the ReadBody under way.
  Framing to_ = Framing::kNone;
  BodyListener* listener_ = nullptr;
  std::string* out_ = nullptr;
};

extern template class MessageParser<true>;
extern template class MessageParser<false>;

// Where the head at the beginning of `bytes` ends: its length with the empty line, 0 if it has not
// come whole. `wrong` tells what need not be waited for. `scanned` is how many bytes an earlier
// call has seen in vain.
std::size_t HeadEnd(std::string_view bytes, std::size_t scanned, bool is_request,
                    const MessageLimits& limits, Malformed& wrong);

}  // namespace mcp_vitals::proxy
