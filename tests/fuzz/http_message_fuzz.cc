#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/head_writer.h"
#include "proxy/message_parser.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/proxy/read_message.h"

// A message on its way through the proxy: in one piece or in many it is understood alike, and what
// goes on in its place means to the next reader what it meant to us, with nothing left over. The
// first byte of an input says what it is: bit 0: an answer; bit 1: with small limits; bit 2: an
// answer to HEAD; bit 3: to a client that knows no chunks. The second one sizes the pieces.
namespace mcp_vitals::proxy {
namespace {

using fuzz::Pieces;
using fuzz::Require;

constexpr MessageLimits kSmall{32, 128, 4};

struct Options {
  MessageLimits limits;
  bool no_body = false;
  bool knows_chunks = true;
  std::uint32_t seed = 0;
};

Framing Onwards(Framing from, const Options& options) {
  if (from != Framing::kChunked && from != Framing::kUntilClose) return from;
  return options.knows_chunks ? Framing::kChunked : Framing::kUntilClose;
}

// The connection ends in order behind the message.
template <bool kRequest>
void End(MessageReading<kRequest>& reading) {
  const bool ends =
      reading.has_head() && reading.wrong() == Malformed::kNot && reading.parser().EndsHere();
  if (ends) reading.parser().End();
}

template <bool kRequest>
MessageReading<kRequest> Read(std::string_view message, const Options& options, bool in_pieces) {
  MessageReading<kRequest> reading(std::nullopt, options.no_body, options.limits);
  Pieces pieces(options.seed);
  while (!message.empty()) {
    const std::size_t piece = in_pieces ? std::min(pieces.Next(), message.size()) : message.size();
    reading.Feed(message.substr(0, piece));
    message.remove_prefix(piece);
  }
  End(reading);
  return reading;
}

// As it goes on: nothing when it has not come whole.
template <bool kRequest>
std::string Forward(std::string_view message, const Options& options) {
  const auto scan = Read<kRequest>(message, options, false);
  if (scan.wrong() != Malformed::kNot || !scan.complete()) return {};
  const std::size_t size = message.find("\r\n\r\n") + 4;
  MessageParser<kRequest> parser(options.limits, options.no_body);
  Head head;
  Require(parser.ReadHead(message.substr(0, size), head) == Malformed::kNot, "the head is good");
  const Framing to = Onwards(parser.framing(), options);
  std::string out;
  if (kRequest) {
    WriteRequestHead(head, {HostHeader::kPreserve, "backend", Forwarded::kAppend},
                     {"192.0.2.1", "http"}, to, UpgradeOf(head), out);
  } else {
    WriteAnswerHead(head, to, "", "", out);
  }
  MessageReading<kRequest> body(to, options.no_body, options.limits);
  body.Feed(message);
  out += body.out();
  const bool ended_by_close = parser.framing() == Framing::kUntilClose;
  if (ended_by_close && to == Framing::kChunked) out += "0\r\n\r\n";
  return out;
}

template <bool kRequest>
void Check(std::string_view message, const Options& options, bool is_limited) {
  const auto whole = Read<kRequest>(message, options, false);
  const auto some = Read<kRequest>(message, options, true);
  // A bound on what waits for more is met sooner by pieces than by the whole.
  if (!is_limited) {
    Require((whole.wrong() == Malformed::kNot) == (some.wrong() == Malformed::kNot),
            "both are good, or neither");
    Require(whole.complete() == some.complete(), "both are complete, or neither");
  }
  const bool both = whole.complete() && some.complete() && whole.wrong() == Malformed::kNot &&
                    some.wrong() == Malformed::kNot;
  if (!both) return;
  Require(whole.start() == some.start() && whole.fields() == some.fields(), "the head is the same");
  Require(whole.body() == some.body(), "the body is the same");
  Require(whole.left() == some.left(), "the message ends at the same place");

  Options plain;
  plain.no_body = options.no_body;
  plain.knows_chunks = options.knows_chunks;
  const std::string sent = Forward<kRequest>(message, plain);
  const auto next = Read<kRequest>(sent, plain, false);
  Require(next.wrong() == Malformed::kNot && next.complete(), "the next reader can read it");
  Require(next.body() == whole.body(), "the next reader finds the same body");
  Require(next.left().empty(), "nothing is left that could be another message");
  const auto fields = next.fields();
  const bool has_host = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return EqualNames(field.first, "Host");
  });
  Require(!kRequest || has_host, "a request has a host");
}

}  // namespace
}  // namespace mcp_vitals::proxy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mcp_vitals::proxy;
  if (size < 2) return 0;
  const bool is_answer = (data[0] & 1) != 0;
  const bool is_limited = (data[0] & 2) != 0;
  Options options;
  if (is_limited) options.limits = kSmall;
  options.no_body = is_answer && (data[0] & 4) != 0;
  options.knows_chunks = !is_answer || (data[0] & 8) == 0;
  options.seed = data[1];
  const std::string_view message(reinterpret_cast<const char*>(data) + 2, size - 2);
  is_answer ? Check<false>(message, options, is_limited)
            : Check<true>(message, options, is_limited);
  return 0;
}
