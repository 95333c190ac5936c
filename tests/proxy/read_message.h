#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/message_parser.h"

namespace mcp_vitals::proxy {

// Reads a message as a connection does: what was not used is given again with what follows.
template <bool kRequest>
class MessageReading final : private BodyListener {
 public:
  // `to`: how the body goes on; by default as it comes.
  explicit MessageReading(std::optional<Framing> to = std::nullopt, bool no_body = false,
                          const MessageLimits& limits = {})
      : to_(to),
        limits_(std::make_shared<const MessageLimits>(limits)),
        parser_(*limits_, no_body) {}

  void Feed(std::string_view bytes) {
    if (wrong_ != Malformed::kNot || parser_complete()) {
      left_.append(bytes);
      return;
    }
    std::string input = left_;
    input.append(bytes);
    std::size_t used = 0;
    if (!has_head_) used = FeedHead(input);
    if (has_head_ && wrong_ == Malformed::kNot && !parser_.complete()) {
      std::size_t taken = 0;
      wrong_ = parser_.ReadBody(std::string_view(input).substr(used), to(), *this, out_, taken);
      used += taken;
    }
    left_ = input.substr(used);
  }

  // Of the head, which is kept as written.
  std::string Value(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
      if (EqualNames(key, name)) return value;
    }
    return "(none)";
  }
  std::vector<std::pair<std::string, std::string>> fields() const { return fields_; }
  std::string start() const { return start_; }

  MessageParser<kRequest>& parser() { return parser_; }
  Malformed wrong() const { return wrong_; }
  bool has_head() const { return has_head_; }
  bool complete() const { return has_head_ && parser_.complete(); }
  Framing framing() const { return framing_; }
  const std::string& body() const { return body_; }
  const std::string& out() const { return out_; }
  const std::string& left() const { return left_; }

 private:
  bool parser_complete() const { return has_head_ && parser_.complete(); }
  Framing to() const { return to_.value_or(framing_); }

  std::size_t FeedHead(std::string_view input) {
    const std::size_t size = HeadEnd(input, scanned_, kRequest, *limits_, wrong_);
    scanned_ = input.size();
    if (size == 0) return 0;
    Head head;
    wrong_ = parser_.ReadHead(input.substr(0, size), head);
    if (wrong_ != Malformed::kNot) return size;
    has_head_ = true;
    framing_ = parser_.framing();
    start_ = kRequest ? std::string(head.method) + " " + std::string(head.target)
                      : std::to_string(head.status) + " " + std::string(head.reason);
    start_ += head.is_http11 ? " 1.1" : " 1.0";
    for (const Field& field : head.fields) fields_.emplace_back(field.name, field.value);
    return size;
  }
  void OnBody(std::string_view bytes) override { body_ += bytes; }

  const std::optional<Framing> to_;
  const std::shared_ptr<const MessageLimits> limits_;  // where it is, even when this is moved
  MessageParser<kRequest> parser_;
  Malformed wrong_ = Malformed::kNot;
  bool has_head_ = false;
  std::size_t scanned_ = 0;
  Framing framing_ = Framing::kNone;
  std::string start_, body_, out_, left_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

using RequestReading = MessageReading<true>;
using AnswerReading = MessageReading<false>;

// The body in chunks, without its framing; nothing if it is not framed as it should be.
inline std::optional<std::string> Unchunked(std::string_view framed) {
  std::string body;
  while (true) {
    const std::size_t line = framed.find("\r\n");
    if (line == std::string_view::npos) return std::nullopt;
    const std::size_t size = std::stoul(std::string(framed.substr(0, line)), nullptr, 16);
    framed.remove_prefix(line + 2);
    if (size == 0) return framed == "\r\n" ? std::optional(body) : std::nullopt;
    if (framed.size() < size + 2 || framed.substr(size, 2) != "\r\n") return std::nullopt;
    body += framed.substr(0, size);
    framed.remove_prefix(size + 2);
  }
}

}  // namespace mcp_vitals::proxy
