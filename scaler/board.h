#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "scaler/decision.h"
#include "scaler/fleet_view.h"
#include "scaler/history.h"
#include "scaler/sample_view.h"
#include "scaler/state.h"
#include "scaler/verdict.h"

namespace mcp_vitals::scaler {

// One trigger of a fleet, as it stands.
struct TriggerReport {
  std::string name;  // NameOf: "" for the usual one of its metric
  Policy policy;
  Decision last;
  Seconds asked_ago{0};  // since anybody has asked for it
  std::deque<History::Entry> history;
};
struct FleetReport {
  std::string fleet;
  Time now;  // that it is as of
  FleetFacts facts;
  std::vector<std::string> troubles;  // of members, the first of them
  std::string list_trouble;           // why the list of members was not to be had; "" if it was
  std::vector<TriggerReport> triggers;
  double blind_seconds = 0;                           // in all, that nothing could be said
  std::array<std::uint64_t, kRuleCount> decisions{};  // by rule, of all triggers
};

// The fleets of this scaler: what is heard of them comes in here, and KEDA's answers come out.
// It knows no clock, and no network. Thread-safe; nothing waits here for longer than a decision
// takes.
class Board final : public Verdicts {
 public:
  static constexpr std::size_t kMaxTriggers = 64;  // of one fleet
  // A trigger that nobody has asked for in so long is nobody's: another may have its place.
  static constexpr auto kForgotten = std::chrono::minutes(10);

  // Each fleet with what holds where its triggers say nothing. `boot`: random at each start.
  Board(const std::map<std::string, Metadata>& fleets, std::uint64_t boot);
  ~Board() override;

  // As of FleetView.
  void SetMembers(const std::string& fleet, const std::set<std::string>& addresses, Time now);
  void Heard(const std::string& fleet, const std::string& address, vitals::Snapshot snapshot,
             Time now);
  void Failed(const std::string& fleet, const std::string& address, std::string why);
  // The list of members is not to be had: why, in a few words.
  void ListFailed(const std::string& fleet, std::string why);
  std::set<std::string> Addresses(const std::string& fleet) const;
  // As of SampleView: of a fleet whose members are not asked one by one. From the first time on,
  // that is all that is known of it.
  void Saw(const std::string& fleet, FleetSample sample, Time now);
  // Decides anew for every trigger. Several times a second; `now` never goes back.
  void Tick(Time now);
  // What members are to echo, so that another scaler goes on where this one stands; "" for nothing.
  std::string State(const std::string& fleet) const;

  const Metadata* DefaultsOf(const std::string& fleet) const override;
  // A trigger is known from the first time that it is asked for.
  std::variant<Verdict, Blind> Ask(const Policy& policy) const override;
  Decision AskWhy(const Policy& policy) const override;
  std::vector<FleetReport> Report() const;         // without the histories
  std::vector<FleetReport> ReportHistory() const;  // whole

 private:
  struct Fleet;
  std::vector<FleetReport> ReportOf(bool with_history) const;
  const std::uint64_t boot_;
  std::map<std::string, std::unique_ptr<Fleet>> fleets_;  // the map itself never changes
};

}  // namespace mcp_vitals::scaler
