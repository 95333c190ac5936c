#include "proxy/observation.h"

#include "mcp/version.h"
#include "proxy/foreign_observation.h"
#include "proxy/legacy_observation.h"
#include "proxy/media_type.h"
#include "proxy/modern_observation.h"

namespace mcp_vitals::proxy {

namespace {

// Those of this revision send both; one header alone may say what it likes.
bool IsModern(const RequestFacts& facts) {
  constexpr auto kFirst = mcp::Version::k20260728;
  return !facts.method.empty() && facts.protocol_version >= mcp::ToString(kFirst);
}

}  // namespace

std::unique_ptr<Observation> MakeObservation(Observer& observer, const RequestFacts& facts,
                                             ExchangeNumber number, Time began) {
  using Asks = LegacyObservation::Asks;
  const auto legacy = [&](Asks asks) {
    return std::make_unique<LegacyObservation>(observer, facts, number, began, asks);
  };
  if (facts.http_method == "POST") {
    if (IsModern(facts)) {
      return std::make_unique<ModernObservation>(observer, facts, number, began);
    }
    if (IsMediaType(facts.content_type, "application/json")) return legacy(Asks::kMessage);
  } else if (facts.http_method == "GET") {
    const bool asks = facts.accept.find("text/event-stream") != std::string_view::npos;
    return legacy(asks ? Asks::kStream : Asks::kAnything);
  } else if (facts.http_method == "DELETE") {
    if (!facts.session_id.empty()) return legacy(Asks::kSessionEnd);
  }
  return std::make_unique<ForeignObservation>(observer);
}

}  // namespace mcp_vitals::proxy
