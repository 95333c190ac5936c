#pragma once

#include <map>
#include <set>
#include <string>

#include "scaler/board.h"

namespace mcp_vitals::scaler {

// A board that looks at pods which are as a test says, by a clock of its own.
class SmallFleet {
 public:
  struct Pod {
    std::uint64_t boot = 0;
    vitals::MemberState state = vitals::MemberState::kServing;
    std::uint64_t streams = 0, in_flight = 0;
    std::map<std::string, double> calls;  // to each tool in a second, all of them
    std::map<std::string, double> took;   // seconds
    bool answers = true;
    vitals::Snapshot said;
  };

  explicit SmallFleet(std::uint64_t scaler_boot = 1)
      : board(std::make_unique<Board>(std::map<std::string, Metadata>{{"f", {}}}, scaler_boot)) {}

  static Policy Asking(Metric metric, double per_pod = 10) {
    Policy policy;
    policy.fleet = "f";
    policy.metric = metric;
    policy.connections_per_pod = per_pod;
    if (metric == Metric::kConcurrency) policy.concurrency_per_pod = per_pod;
    return policy;
  }

  Pod& Add(const std::string& address, std::uint64_t streams = 0) {
    Pod& pod = pods[address];
    pod.boot = ++boots_;
    pod.streams = streams;
    return pod;
  }

  // Time passes, second by second; in each the members are listed and asked.
  void Pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now += std::chrono::seconds(1);
      if (is_listed) board->SetMembers("f", Listed(), now);
      for (auto& [address, pod] : pods) Ask(address, pod);
      board->Tick(now);
    }
  }

  // Another process answers now in this one's place.
  void RestartScaler(std::uint64_t boot) {
    board = std::make_unique<Board>(std::map<std::string, Metadata>{{"f", {}}}, boot);
  }

  std::unique_ptr<Board> board;
  std::map<std::string, Pod> pods;  // by address
  bool is_listed = true;            // or the list of members is not to be had
  Time now{std::chrono::hours(1000)};

 private:
  std::set<std::string> Listed() const {
    std::set<std::string> addresses;
    for (const auto& [address, pod] : pods) addresses.insert(address);
    return addresses;
  }

  void Ask(const std::string& address, Pod& pod) {
    vitals::Snapshot& said = pod.said;
    said.boot = pod.boot;
    ++said.sequence;
    said.state = pod.state;
    said.streams[static_cast<std::size_t>(vitals::StreamKind::kGet)] = pod.streams;
    said.in_flight = pod.in_flight;
    for (const auto& [tool, calls] : pod.calls) {
      for (int i = 0; i < static_cast<int>(calls); ++i)
        said.tools[tool].done.Observe(pod.took[tool]);
    }
    if (!pod.answers) return;
    const std::string echo = echoes_[address];
    echoes_[address] = board->State("f");
    vitals::Snapshot answer = said;
    answer.echo = echo;
    board->Heard("f", address, std::move(answer), now);
  }

  std::uint64_t boots_ = 100;
  std::map<std::string, std::string> echoes_;
};

// The value that KEDA gets, or -1 when blind.
inline double Value(const std::variant<Verdict, Blind>& answer) {
  const auto* verdict = std::get_if<Verdict>(&answer);
  return verdict == nullptr ? -1 : verdict->value;
}

}  // namespace mcp_vitals::scaler
