#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scaler/time.h"
#include "scaler/work.h"
#include "vitals/snapshot.h"

namespace mcp_vitals::scaler {

// What is known of a fleet at one moment. Counts hold those of members that drain, and the last
// known ones of members that are silent; but not of those who drained when they were last heard and
// did not answer since.
struct FleetFacts {
  std::size_t expected = 0;  // members: those of the list, and those that left it and still answer
  std::size_t fresh = 0;     // heard within the time that makes one silent
  std::size_t silent = 0;    // heard before, and not since
  std::size_t unheard = 0;   // never heard
  std::size_t refused = 0;   // that claim to be another
  std::size_t serving = 0;   // neither starting nor draining, as last heard
  std::size_t starting = 0;
  std::size_t draining = 0;
  std::array<std::uint64_t, vitals::kStreamKindCount> streams{};
  std::uint64_t unsorted_streams = 0;  // of kinds that nobody knows
  std::size_t without_operations = 0;  // members that see streams alone: in_flight is not theirs
  std::uint64_t sessions = 0;
  std::uint64_t in_flight = 0;
  bool is_partial = false;  // of what is asked of the fleet as a whole, something is not known now
  std::optional<Clock::duration> list_age;  // since the list of members was good; nothing: never
  std::string trouble;  // the first that stands against seeing all, in words; "" if nothing does

  // And the unsorted ones, which may be of those kinds.
  std::uint64_t StreamsOf(const std::set<vitals::StreamKind>& kinds) const;
  // Pods that serve, or are on their way to: what the HPA compares with, as near as can be seen.
  std::size_t replicas() const { return serving + starting + unheard + refused; }
};

// What one member's server does.
struct MemberWork {
  std::uint64_t boot = 0;
  CallsByTool ended;  // since it was taken before
  CallsByTool aged;   // those in flight, by how long they have taken until now
};

// The members of one fleet as they were last heard. It knows no clock and no network: whoever asks
// the members tells it. One thread.
class FleetView {
 public:
  // From when on a member that is not heard is silent.
  static constexpr auto kSilent = std::chrono::seconds(5);
  // For how long one that has left the list without a drain still counts when it is silent.
  static constexpr auto kGone = std::chrono::seconds(60);

  // The list of members, by address, from now on. An empty list is none: the last one stays. Who
  // leaves the list while it serves, without a drain, stays as long as it answers: name servers
  // forget members that are alive. About every five seconds, whether it changes or not.
  void SetMembers(const std::set<std::string>& addresses, Time now);
  void Heard(const std::string& address, vitals::Snapshot snapshot, Time now);
  // It was asked, and did not answer usefully: why, in a few words.
  void Failed(const std::string& address, std::string why);
  // The members that are not fresh, each with why it was not heard; at most so many.
  std::vector<std::string> Troubles(Time now, std::size_t most) const;
  // Who is to be asked.
  std::set<std::string> Addresses() const;
  // As of `now`, which never goes back.
  FleetFacts At(Time now) const;
  // What was done since this was called before, by each member that is fresh.
  std::vector<MemberWork> TakeWork(Time now);

 private:
  struct Member {
    std::optional<vitals::Snapshot> last;
    Time heard;
    bool is_refused = false;
    // As it said itself when it answered last, whether that was taken or not.
    Time answered;
    std::uint64_t boot = 0;
    std::string pod_uid;
    bool is_listed = true;
    CallsByTool ended;  // that nobody has taken yet
    std::string why;    // it was not heard when it was asked last
  };
  using Members = std::map<std::string, Member>;
  bool ClaimsAnother(const std::string& address, const vitals::Snapshot& snapshot, Time now) const;
  Members::iterator Erase(Members::iterator member);
  void SayPod(Members::iterator member, const std::string& uid);
  static bool HasLeft(const Member& member, Time now);
  static bool IsFresh(const Member& member, Time now) { return now - member.heard < kSilent; }

  Members members_;
  std::map<std::string, std::set<std::string>> pods_;  // the addresses of each, by uid
  std::optional<Time> listed_;
};

}  // namespace mcp_vitals::scaler
