#include "tests/closed_loop/pod.h"

namespace mcp_vitals::closed_loop {

namespace {
constexpr int kProbeFails = 10;  // seconds until a readiness probe has noticed
}  // namespace

Pod::Pod(std::uint64_t number, int revision, int created, int ready_at, const PodShape& shape)
    : number_(number),
      revision_(revision),
      created_(created),
      ready_at_(ready_at),
      shape_(shape),
      server_(shape.workers, 1) {
  snapshot_.identity.pod = address();
  snapshot_.identity.pod_uid = "uid-" + std::to_string(number);
  snapshot_.identity.revision = std::to_string(revision);
  snapshot_.boot = 0x9E3779B97F4A7C15 * (number + 1);
  Tick(created);
}

void Pod::Tick(int now) {
  if (state_ == PodState::kStarting && now >= ready_at_) state_ = PodState::kReady;
}

bool Pod::is_ready_condition(int now) const {
  if (state_ == PodState::kLeaving)
    return ready_at_ <= leaving_since_ && now < leaving_since_ + kProbeFails;
  return state_ == PodState::kReady;
}

void Pod::Leave(int now, bool by_scale_in) {
  state_ = PodState::kLeaving;
  leaving_since_ = now;
  leaves_by_scale_in_ = by_scale_in;
}

bool Pod::IsDone(int now) const {
  if (state_ != PodState::kLeaving) return false;
  if (now >= closes_until()) return true;
  return now >= closes_from() && streams_ == 0 && server_.in_flight() == 0;
}

void Pod::Run(int from, std::vector<Done>& done) {
  const std::size_t before = done.size();
  server_.set_overhead(shape_.stream_work * static_cast<double>(streams_));
  server_.Run(from, from + 1, done);
  for (std::size_t i = before; i < done.size(); ++i) Count(done[i]);
}

void Pod::Count(const Done& done) {
  ++requests_;
  if (done.call.tool == kOpen) return;
  durations_.Observe(done.duration);
  snapshot_.tools[kTools[done.call.tool].name].done.Observe(done.duration);
}

vitals::Snapshot Pod::Snap(int now) {
  using vitals::MemberState;
  ++snapshot_.sequence;
  snapshot_.state = state_ == PodState::kStarting ? MemberState::kStarting
                    : state_ == PodState::kReady  ? MemberState::kServing
                                                  : MemberState::kDraining;
  snapshot_.streams[static_cast<std::size_t>(vitals::StreamKind::kGet)] = streams_;
  snapshot_.sessions = streams_;
  snapshot_.in_flight = server_.in_flight();
  for (auto& [name, calls] : snapshot_.tools) calls.in_flight = {};
  server_.ForEach([&](const Call& call) {
    if (call.tool == kOpen) return;
    snapshot_.tools[kTools[call.tool].name].in_flight.Observe(now - call.at);
  });
  return snapshot_;
}

}  // namespace mcp_vitals::closed_loop
