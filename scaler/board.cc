#include "scaler/board.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "scaler/policy_text.h"

namespace mcp_vitals::scaler {

namespace {
// A scaler that starts takes over what others left for so long; then they are rivals.
constexpr auto kTakeOver = std::chrono::seconds(60);
constexpr std::size_t kMaxTroubles = 20;
}  // namespace

struct Board::Fleet {
  struct Known {
    std::unique_ptr<Trigger> trigger;
    std::string name;  // NameOf
    Time asked;
    History history;
  };

  void Echoed(const std::string& echo, std::uint64_t own, Time now);
  explicit Fleet(Metadata metadata) : defaults(std::move(metadata)) {}
  FleetFacts Facts() const;
  void Decide(Time time);
  // The trigger's last decision, from the first time that it is asked for; or why there is none.
  std::variant<const Decision*, Blind> Ask(const Policy& policy);

  const Metadata defaults;
  mutable std::mutex mutex;  // of all below
  FleetView view;
  std::optional<SampleView> sums;  // what is known instead of members
  Work work;
  std::map<std::uint64_t, Known> triggers;  // by KeyOf
  std::optional<Time> began;                // of the first tick
  Time now;                                 // of the last tick
  FleetState inherited;                     // of another scaler, to go on with
  std::string echoed_last;                  // as it came, so that it is read once
  std::uint64_t sequence = 0;
  FleetReport report;
};

// What another scaler has left with a member.
void Board::Fleet::Echoed(const std::string& echo, std::uint64_t own, Time time) {
  if (echo == echoed_last) return;
  echoed_last = echo;
  auto state = DecodeState(echo, time);
  if (!state || state->scaler == own) return;
  const bool is_new = !began || time - *began < kTakeOver;
  if (!is_new) {
    for (auto& [key, known] : triggers) {
      const auto found = state->triggers.find(key);
      if (found != state->triggers.end()) known.trigger->Respect(found->second, time);
    }
    return;
  }
  if (state->sequence <= inherited.sequence) return;
  inherited = std::move(*state);
  sequence = std::max(sequence, inherited.sequence);
  for (auto& [key, known] : triggers) {
    const auto found = inherited.triggers.find(key);
    if (found != inherited.triggers.end()) known.trigger->Restore(found->second);
  }
}

FleetFacts Board::Fleet::Facts() const {
  if (sums) return sums->At(now);
  FleetFacts facts = view.At(now);
  facts.trouble = report.list_trouble;
  if (facts.trouble.empty() && facts.fresh < facts.expected) {
    const auto first = view.Troubles(now, 1);
    if (!first.empty()) facts.trouble = first.front();
  }
  return facts;
}

void Board::Fleet::Decide(Time time) {
  const double passed = began ? Seconds(time - now).count() : 0;
  if (!began) began = time;
  now = time;
  ++sequence;
  if (now - *began >= kTakeOver) inherited = {};
  const std::vector<MemberWork> members = view.TakeWork(now);
  CallsByTool ended;
  for (const MemberWork& member : members) {
    for (const auto& [tool, calls] : member.ended) ended[tool].Add(calls);
  }
  if (!sums) work.Add(now, ended);
  report.facts = Facts();
  bool is_blind = false;
  for (auto& [key, known] : triggers) {
    known.trigger->Decide(report.facts, work, members, now);
    const Decision& last = known.trigger->last();
    known.history.Add(now, last);
    ++report.decisions[static_cast<std::size_t>(last.rule)];
    is_blind = is_blind || last.rule == Rule::kBlind;
  }
  if (is_blind) report.blind_seconds += passed;
}

Board::Board(const std::map<std::string, Metadata>& fleets, std::uint64_t boot) : boot_(boot) {
  for (const auto& [name, defaults] : fleets) {
    fleets_[name] = std::make_unique<Fleet>(defaults);
    fleets_[name]->report.fleet = name;
  }
}

const Metadata* Board::DefaultsOf(const std::string& fleet) const {
  const auto found = fleets_.find(fleet);
  return found == fleets_.end() ? nullptr : &found->second->defaults;
}

Board::~Board() = default;

void Board::SetMembers(const std::string& fleet, const std::set<std::string>& addresses, Time now) {
  Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  one.view.SetMembers(addresses, now);
  one.report.list_trouble = addresses.empty() ? "the list of members is empty" : "";
}

void Board::Failed(const std::string& fleet, const std::string& address, std::string why) {
  Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  one.view.Failed(address, std::move(why));
}

void Board::ListFailed(const std::string& fleet, std::string why) {
  Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  one.report.list_trouble = std::move(why);
}

void Board::Heard(const std::string& fleet, const std::string& address, vitals::Snapshot snapshot,
                  Time now) {
  Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  if (!snapshot.echo.empty()) one.Echoed(snapshot.echo, boot_, now);
  snapshot.echo.clear();
  one.view.Heard(address, std::move(snapshot), now);
}

void Board::Saw(const std::string& fleet, FleetSample sample, Time now) {
  Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  if (!one.sums) one.sums.emplace();
  one.work.Show(now, sample.calls.value_or(std::map<std::string, ToolWork>()));
  one.sums->Saw(std::move(sample), now);
}

std::set<std::string> Board::Addresses(const std::string& fleet) const {
  const Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  return one.view.Addresses();
}

void Board::Tick(Time now) {
  for (const auto& [name, fleet] : fleets_) {
    const std::lock_guard lock(fleet->mutex);
    fleet->Decide(now);
  }
}

std::string Board::State(const std::string& fleet) const {
  const Fleet& one = *fleets_.at(fleet);
  const std::lock_guard lock(one.mutex);
  FleetState state{boot_, one.sequence, {}};
  std::vector<std::pair<Time, std::uint64_t>> latest;
  latest.reserve(one.triggers.size());
  for (const auto& [key, known] : one.triggers) latest.emplace_back(known.asked, key);
  std::sort(latest.rbegin(), latest.rend());
  for (const auto& [asked, key] : latest) {
    if (state.triggers.size() == kMaxStateTriggers) break;
    if (const auto own = one.triggers.at(key).trigger->state()) state.triggers[key] = *own;
  }
  // What was left by another goes on to the next one until it is taken over, or too old.
  for (const auto& [key, left] : one.inherited.triggers) {
    if (state.triggers.size() < kMaxStateTriggers) state.triggers.emplace(key, left);
  }
  // Nothing to say is said by nothing, which overwrites nothing that was left by another.
  if (state.triggers.empty()) return "";
  return EncodeState(state, one.now);
}

std::variant<const Decision*, Blind> Board::Fleet::Ask(const Policy& policy) {
  if (!began) return Blind{"the scaler has just started"};
  const std::uint64_t key = KeyOf(policy);
  auto found = triggers.find(key);
  if (found == triggers.end()) {
    if (triggers.size() >= kMaxTriggers) {
      std::erase_if(triggers, [&](const auto& one) { return now - one.second.asked > kForgotten; });
    }
    if (triggers.size() >= kMaxTriggers) {
      return Blind{"fleet \"" + policy.fleet + "\" has " + std::to_string(kMaxTriggers) +
                   " triggers, and no room for another"};
    }
    Known known{std::make_unique<Trigger>(policy, now), NameOf(policy, defaults), now, {}};
    const auto left = inherited.triggers.find(key);
    if (left != inherited.triggers.end()) known.trigger->Restore(left->second);
    found = triggers.emplace(key, std::move(known)).first;
    found->second.trigger->Decide(Facts(), work, {}, now);
    found->second.history.Add(now, found->second.trigger->last());
  }
  found->second.asked = now;
  return &found->second.trigger->last();
}

std::variant<Verdict, Blind> Board::Ask(const Policy& policy) const {
  Fleet& fleet = *fleets_.at(policy.fleet);
  const std::lock_guard lock(fleet.mutex);
  const auto last = fleet.Ask(policy);
  if (const auto* blind = std::get_if<Blind>(&last)) return *blind;
  return std::get<const Decision*>(last)->answer;
}

Decision Board::AskWhy(const Policy& policy) const {
  Fleet& fleet = *fleets_.at(policy.fleet);
  const std::lock_guard lock(fleet.mutex);
  const auto last = fleet.Ask(policy);
  if (const auto* decision = std::get_if<const Decision*>(&last)) return **decision;
  Decision none;
  none.facts = fleet.report.facts;
  none.answer = std::get<Blind>(last);
  return none;
}

std::vector<FleetReport> Board::Report() const { return ReportOf(false); }
std::vector<FleetReport> Board::ReportHistory() const { return ReportOf(true); }

std::vector<FleetReport> Board::ReportOf(bool with_history) const {
  std::vector<FleetReport> all;
  for (const auto& [name, fleet] : fleets_) {
    const std::lock_guard lock(fleet->mutex);
    FleetReport& one = all.emplace_back(fleet->report);
    one.now = fleet->now;
    one.troubles =
        fleet->sums ? fleet->sums->troubles() : fleet->view.Troubles(fleet->now, kMaxTroubles);
    for (const auto& [key, known] : fleet->triggers) {
      TriggerReport& trigger = one.triggers.emplace_back();
      trigger.name = known.name;
      trigger.policy = known.trigger->policy();
      trigger.last = known.trigger->last();
      trigger.asked_ago = fleet->now - known.asked;
      if (with_history) trigger.history = known.history.entries();
    }
  }
  return all;
}

}  // namespace mcp_vitals::scaler
