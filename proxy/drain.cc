#include "proxy/drain.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "proxy/client.h"
#include "proxy/core.h"

namespace mcp_vitals::proxy {

using vitals::DrainState;

namespace {
constexpr double kSpread =
    0.9;  // of the time for streams; the rest is for those that can't yet end
}  // namespace

void Drain::Become(DrainState state) { core_.vitals.drain = state; }

void Drain::Begin(Time now) {
  if (core_.vitals.drain != DrainState::kServing) return;
  began_ = now;
  Become(DrainState::kLameDuck);
}

void Drain::Tick(Time now) {
  const DrainTimes& times = core_.settings.drain;
  if (core_.vitals.drain == DrainState::kLameDuck && now - began_ >= times.lame_duck) {
    Become(DrainState::kDraining);
    core_.draining = true;
    draining_since_ = now;
    to_end_ = core_.CountClients([](const Client& client) { return client.has_lasting_stream(); });
  }
  if (core_.vitals.drain != DrainState::kDraining) return;
  EndStreams(now);
  if (CountBusy() > 0 && now - began_ < times.timeout) return;
  CutAll(now);
  Become(DrainState::kDrained);
}

// As many as are due by now, evenly spread; the first at once.
void Drain::EndStreams(Time now) {
  const double time = SecondsBetween(draining_since_, began_ + core_.settings.drain.timeout);
  const double share = SecondsBetween(draining_since_, now) / (kSpread * time);
  const auto due =
      static_cast<std::size_t>(static_cast<double>(to_end_) * std::min(share, 1.0)) + 1;
  if (due <= ended_) return;
  core_.ForEachClient([&](Client& client) {
    if (ended_ < due && client.EndStream(vitals::StreamEnd::kDrain)) ++ended_;
  });
}

std::size_t Drain::CountBusy() const {
  return core_.CountClients([](const Client& client) { return client.is_busy(); });
}

// Clients without an exchange lose nothing: they connect again for their next request. The others
// are counted first, since the end of one may be that of another, which waited for its turn.
void Drain::CutAll(Time now) {
  core_.vitals.cut_by_drain += CountBusy();
  core_.ForEachClient([now](Client& client) { client.EndNow(now); });
}

}  // namespace mcp_vitals::proxy
