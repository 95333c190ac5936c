#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/error.h"
#include "net/http_decoder.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"

// An answer given in one piece, byte by byte and in pieces of any size decodes to the same head,
// body and outcome, and never holds more than its limits. The first byte of an input says how it is
// asked for: bit 0: by HEAD; bit 1: with small limits.
namespace mcp_vitals::net {
namespace {

using fuzz::Require;

struct Outcome {
  std::optional<HttpHead> head;
  std::string body;
  boost::system::error_code error;
  bool keep_alive = false;
};

template <class NextPiece>
Outcome Decode(std::string_view answer, HttpLimits limits, bool head_only, NextPiece next_piece) {
  Outcome outcome;
  HttpDecoder decoder(limits, head_only);
  std::string held;  // a copy, so that a stale view is seen
  while (!answer.empty() && !outcome.error && !decoder.complete()) {
    const std::size_t piece = std::min(next_piece(), answer.size());
    held += answer.substr(0, piece);
    answer.remove_prefix(piece);
    std::size_t used = 0;
    do {
      const bool had_head = decoder.head() != nullptr;
      const auto fed = decoder.Feed(held);
      used = fed ? *fed : 0;
      if (!fed) outcome.error = fed.error();
      Require(used <= held.size(), "no more is used than was given");
      held.erase(0, used);
      if (fed && !had_head && decoder.head() != nullptr) outcome.head = *decoder.head();
      outcome.body += decoder.body();
      decoder.body().clear();
    } while (used > 0 && !held.empty() && !decoder.complete());
    Require(outcome.error || decoder.complete() || held.size() <= limits.head,
            "what waits for more is bounded");
  }
  if (!outcome.error && !decoder.complete()) {
    const auto ended = decoder.End();
    if (!ended) outcome.error = ended.error();
  }
  Require(outcome.error || outcome.head, "without an error there is a head");
  Require(outcome.error || decoder.complete(), "without an error the answer is complete");
  Require(!outcome.head || outcome.head->status >= 200, "the head is the final one");
  Require(outcome.body.size() <= limits.body, "the body is bounded");
  Require(!head_only || outcome.body.empty(), "an answer to HEAD has no body");
  outcome.keep_alive = !outcome.error && decoder.keep_alive();
  return outcome;
}

void RequireSame(const Outcome& a, const Outcome& b, bool small_limits) {
  // A bound on what waits for more is met sooner by pieces than by the whole.
  const bool bounded = a.error == Error::kTooLarge || b.error == Error::kTooLarge;
  if (small_limits && bounded) return;
  Require(a.error == b.error, "the outcome is the same");
  Require(a.head.has_value() == b.head.has_value(), "there is a head in both");
  if (a.head) {
    Require(a.head->status == b.head->status && a.head->version == b.head->version &&
                a.head->headers == b.head->headers,
            "the head is the same");
  }
  Require(a.keep_alive == b.keep_alive, "both may go on");
  if (!a.error) Require(a.body == b.body, "the body is the same");
}

}  // namespace
}  // namespace mcp_vitals::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mcp_vitals::net;
  if (size == 0) return 0;
  const bool head_only = (data[0] & 1) != 0;
  const bool small_limits = (data[0] & 2) != 0;
  const std::string_view answer(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpLimits limits;
  if (small_limits) limits = {256, 64};
  const auto whole = Decode(answer, limits, head_only, [&] { return answer.size(); });
  mcp_vitals::fuzz::Pieces pieces(static_cast<std::uint32_t>(size) * 2654435761U + data[size / 2]);
  const auto some = Decode(answer, limits, head_only, [&] { return pieces.Next(); });
  RequireSame(whole, some, small_limits);
  if (answer.size() > 512) return 0;  // byte by byte, a long one would take most of the time
  const auto bytes = Decode(answer, limits, head_only, [] { return std::size_t{1}; });
  RequireSame(whole, bytes, small_limits);
  return 0;
}
