#include "probe/message_stream.h"

#include <utility>

#include "net/error.h"

namespace mcp_vitals::probe {

net::Task<bool> MessageStream::ReadMore(net::HttpClient& body, net::Deadline deadline) {
  if (end_ != End::kNone) co_return false;
  const auto piece = co_await body.ReadBody(deadline);
  if (!piece) {
    end_ = piece.error() == net::Error::kTimeout    ? End::kTimeout
           : piece.error() == net::Error::kTooLarge ? End::kTooLarge
                                                    : End::kCut;
    co_return false;
  }
  if (piece->empty()) {
    end_ = End::kClean;
    co_return false;
  }
  bytes_ += piece->size();
  const auto fed = parser_.Feed(*piece, [this](const mcp::SseEvent& event) { OnEvent(event); });
  // A stream that goes on for ever is bounded by its bytes as any other answer.
  if (!fed || bytes_ > max_bytes_) end_ = End::kTooLarge;
  co_return end_ == End::kNone || !messages_.empty();
}

void MessageStream::OnEvent(const mcp::SseEvent& event) {
  if (event.type == "endpoint") {
    if (!endpoint_) endpoint_ = std::string(event.data);
    return;
  }
  if (event.type != "message" || event.data.empty() || end_ != End::kNone) return;
  auto parsed = mcp::ParseMessages(event.data);
  if (!parsed) {
    end_ = parsed.error() == mcp::Error::kTooLarge     ? End::kTooLarge
           : parsed.error() == mcp::Error::kWrongShape ? End::kWrongShape
                                                       : End::kNotJsonRpc;
    return;
  }
  const auto document = std::make_shared<const std::string>(event.data);
  for (std::size_t i = 0; i < parsed->size(); ++i) {
    messages_.push_back({std::move((*parsed)[i]), document, PointerTo(i, event.data)});
  }
}

net::Task<std::optional<Received>> MessageStream::Next(net::HttpClient& body,
                                                       net::Deadline deadline) {
  bool more = true;
  while (messages_.empty() && more) more = co_await ReadMore(body, deadline);
  if (messages_.empty()) co_return std::nullopt;
  Received next = std::move(messages_.front());
  messages_.pop_front();
  co_return next;
}

net::Task<std::optional<std::string>> MessageStream::Endpoint(net::HttpClient& body,
                                                              net::Deadline deadline) {
  bool more = true;
  while (!endpoint_ && more) more = co_await ReadMore(body, deadline);
  co_return std::move(endpoint_);
}

Reply TakeReply(Received& received) {
  return {200, std::make_unique<mcp::Message>(std::move(received.message)),
          std::move(received.document), "", std::move(received.pointer)};
}

std::string PointerTo(std::size_t index, std::string_view json) {
  const std::size_t first = json.find_first_not_of(" \t\r\n");
  const bool is_batch = first != std::string_view::npos && json[first] == '[';
  return is_batch ? "/" + std::to_string(index) : std::string();
}

Failure StreamFailure(MessageStream::End end, bool known_mcp) {
  using vitals::Reason;
  switch (end) {
    case MessageStream::End::kTimeout:
      return {Reason::kTimeout, "the event stream opened and the answer did not come in time", ""};
    case MessageStream::End::kTooLarge:
      return {Reason::kResponseTooLarge, "the event stream is larger than the limit", ""};
    case MessageStream::End::kNotJsonRpc:
      return {known_mcp ? Reason::kProtocolError : Reason::kNotMcp,
              "an event of the stream is no JSON-RPC message", ""};
    case MessageStream::End::kWrongShape:
      return {Reason::kProtocolError, "a field in an event is missing or has the wrong type", ""};
    case MessageStream::End::kNone:
    case MessageStream::End::kClean:
    case MessageStream::End::kCut:
      break;
  }
  return {Reason::kStreamCut, "the event stream ended before the answer",
          "Look for a proxy's idle time-out or buffering on the way."};
}

}  // namespace mcp_vitals::probe
