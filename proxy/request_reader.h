#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/message_parser.h"

namespace mcp_vitals::proxy {

// Reads the requests of one connection, one after the other: each time a head, then a body. Both
// take what they can from the front of `bytes`; what is left is to be given again with what
// follows. Between two requests it holds nothing. One thread; `limits` outlives it.
class RequestReader {
 public:
  explicit RequestReader(const MessageLimits& limits) : limits_(limits) {}

  // `head` is filled, and holds as long as the bytes do, once has_head() is true.
  Malformed TakeHead(std::string_view& bytes, Head& head);
  // After the head. Appends the body to `out`, framed as it came.
  Malformed TakeBody(std::string_view& bytes, BodyListener& listener, std::string& out);

  bool has_begun() const { return begun_ || has_head(); }
  bool has_head() const { return parser_.has_value(); }
  bool is_whole() const { return parser_ && parser_->complete(); }
  // Once there is a head: how the body is delimited, and whether another request may follow.
  Framing framing() const { return framing_; }
  bool keep_alive() const { return parser_->keep_alive(); }
  void Reset();  // for the next request

 private:
  const MessageLimits& limits_;
  bool begun_ = false;
  std::size_t scanned_ = 0;  // of the next head, in vain
  Framing framing_ = Framing::kNone;
  std::optional<MessageParser<true>> parser_;  // of the request under way, once there is a head
};

}  // namespace mcp_vitals::proxy
