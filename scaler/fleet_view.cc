#include "scaler/fleet_view.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace mcp_vitals::scaler {

using vitals::MemberState;
using vitals::Snapshot;

std::uint64_t FleetFacts::StreamsOf(const std::set<vitals::StreamKind>& kinds) const {
  std::uint64_t all = unsorted_streams;
  for (const vitals::StreamKind kind : kinds) all += streams[static_cast<std::size_t>(kind)];
  return all;
}

bool FleetView::HasLeft(const Member& member, Time now) {
  if (member.is_listed) return false;
  const bool counts =
      member.last && !member.is_refused && member.last->state != MemberState::kDraining;
  return !counts || now - member.heard >= kGone;
}

void FleetView::SetMembers(const std::set<std::string>& addresses, Time now) {
  // A name server that has lost its records answers so too; a fleet without pods has no streams.
  if (addresses.empty()) return;
  listed_ = now;
  for (const std::string& address : addresses) members_.try_emplace(address);
  for (auto& [address, member] : members_) member.is_listed = addresses.contains(address);
  for (auto at = members_.begin(); at != members_.end();) {
    at = HasLeft(at->second, now) ? Erase(at) : std::next(at);
  }
}

FleetView::Members::iterator FleetView::Erase(Members::iterator member) {
  SayPod(member, "");
  return members_.erase(member);
}

void FleetView::SayPod(Members::iterator member, const std::string& uid) {
  std::string& known = member->second.pod_uid;
  if (known == uid) return;
  if (const auto found = pods_.find(known); found != pods_.end()) {
    found->second.erase(member->first);
    if (found->second.empty()) pods_.erase(found);
  }
  if (!uid.empty()) pods_[uid].insert(member->first);
  known = uid;
}

// A pod has one address of each family, and one process: whoever is the same boot is the same
// member, however it was reached. Another boot that claims to be a pod which is heard elsewhere is
// not that pod.
bool FleetView::ClaimsAnother(const std::string& address, const Snapshot& snapshot,
                              Time now) const {
  const auto pod = pods_.find(snapshot.identity.pod_uid);
  if (pod == pods_.end()) return false;
  for (const std::string& other : pod->second) {
    const Member& member = members_.at(other);
    const bool is_live = other != address && now - member.answered < kSilent;
    if (is_live && member.boot != snapshot.boot) return true;
  }
  return false;
}

void FleetView::Heard(const std::string& address, Snapshot snapshot, Time now) {
  const auto found = members_.find(address);
  if (found == members_.end()) return;
  Member& member = found->second;
  const bool is_same_boot = member.last && member.last->boot == snapshot.boot;
  // Whoever answers now where a member has left is somebody else.
  if (!member.is_listed && !is_same_boot) {
    Erase(found);
    return;
  }
  member.answered = now;
  member.boot = snapshot.boot;
  SayPod(found, snapshot.identity.pod_uid);
  // Nobody knows which of the two it is: neither tells anything new.
  member.is_refused = ClaimsAnother(address, snapshot, now);
  if (member.is_refused) return;
  // An answer that was held somewhere on the way tells nothing new, and does not make it fresh.
  if (is_same_boot && snapshot.sequence <= member.last->sequence) return;
  // What a member did before it was heard for the first time may be long ago.
  if (is_same_boot) {
    for (const auto& [tool, calls] : snapshot.tools) {
      const auto before = member.last->tools.find(tool);
      if (before == member.last->tools.end()) {
        member.ended[tool].Add(calls.done);
      } else if (auto since = calls.done.Since(before->second.done); since && since->count() > 0) {
        member.ended[tool].Add(*since);
      }
    }
  }
  member.last = std::move(snapshot);
  member.heard = now;
  member.why.clear();
}

void FleetView::Failed(const std::string& address, std::string why) {
  const auto found = members_.find(address);
  if (found != members_.end()) found->second.why = std::move(why);
}

std::vector<std::string> FleetView::Troubles(Time now, std::size_t most) const {
  std::vector<std::string> troubles;
  for (const auto& [address, member] : members_) {
    if (troubles.size() == most) break;
    if (member.is_refused) {
      troubles.push_back(address + ": claims to be a pod that is heard elsewhere");
    } else if (!member.last || !IsFresh(member, now)) {
      troubles.push_back(address + ": " + (member.why.empty() ? "nothing new" : member.why));
    }
  }
  return troubles;
}

std::set<std::string> FleetView::Addresses() const {
  std::set<std::string> addresses;
  for (const auto& [address, member] : members_) addresses.insert(address);
  return addresses;
}

FleetFacts FleetView::At(Time now) const {
  FleetFacts facts;
  facts.expected = members_.size();
  if (listed_) facts.list_age = now - *listed_;
  std::vector<const Member*> heard;
  for (const auto& [address, member] : members_) {
    if (member.is_refused) {
      ++facts.refused;
      if (member.last) heard.push_back(&member);
    } else if (!member.last) {
      ++facts.unheard;
    } else {
      ++(IsFresh(member, now) ? facts.fresh : facts.silent);
      heard.push_back(&member);
    }
  }
  // Of what was heard of one pod by several addresses, or before and after it moved, the newest.
  std::sort(heard.begin(), heard.end(), [](const Member* a, const Member* b) {
    return std::pair(a->heard, a->last->sequence) > std::pair(b->heard, b->last->sequence);
  });
  std::unordered_set<std::uint64_t> boots;
  std::unordered_set<std::string_view> pods;
  for (const Member* member : heard) {
    const Snapshot& last = *member->last;
    const std::string& pod = last.identity.pod_uid;
    const bool is_known =
        !boots.insert(last.boot).second || (!pod.empty() && !pods.insert(pod).second);
    if (is_known) continue;
    if (last.state == MemberState::kServing) ++facts.serving;
    if (last.state == MemberState::kStarting) ++facts.starting;
    if (last.state == MemberState::kDraining) ++facts.draining;
    // Who drained and answers no more has let its clients go: they are counted where they went.
    const bool has_ended = last.state == MemberState::kDraining && !member->why.empty();
    if (has_ended) continue;
    for (std::size_t i = 0; i < facts.streams.size(); ++i) facts.streams[i] += last.streams[i];
    facts.unsorted_streams += last.unsorted_streams;
    if (!last.sees_operations) ++facts.without_operations;
    facts.sessions += last.sessions;
    facts.in_flight += last.in_flight;
  }
  return facts;
}

std::vector<MemberWork> FleetView::TakeWork(Time now) {
  std::vector<MemberWork> work;
  std::unordered_set<std::uint64_t> boots;
  for (auto& [address, member] : members_) {
    const bool counts = member.last && !member.is_refused && IsFresh(member, now);
    // A pod that is reached by two addresses works once.
    if (!counts || !boots.insert(member.last->boot).second) {
      member.ended.clear();
      continue;
    }
    MemberWork& one = work.emplace_back();
    one.boot = member.last->boot;
    one.ended = std::exchange(member.ended, {});
    for (const auto& [tool, calls] : member.last->tools) {
      if (calls.in_flight.count() > 0) one.aged.emplace(tool, calls.in_flight);
    }
  }
  return work;
}

}  // namespace mcp_vitals::scaler
