#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/closed_loop/server.h"
#include "vitals/histogram.h"
#include "vitals/snapshot.h"

namespace mcp_vitals::closed_loop {

// The tools of the simulated server. Opening a session is no call to a tool, but work all the same.
struct Tool {
  const char* name;
  double share;   // of the calls
  double demand;  // of one worker, seconds, on average; spread log-normally
};
inline constexpr std::size_t kOpen = 0;
inline constexpr std::size_t kSlowTool = 4;  // takes half a minute, and no worker for it
inline constexpr std::array kTools = {Tool{"", 0, 0.05}, Tool{"search", 0.6, 0.15},
                                      Tool{"read", 0.3, 0.3}, Tool{"build", 0.1, 0.9},
                                      Tool{"report", 0, 0.05}};
inline constexpr double kDemandSpread = 0.5;
// What a worker does with an average call: 0.27 s. Four workers: 14.8 calls a second.
inline constexpr double kMeanDemand = 0.6 * 0.15 + 0.3 * 0.3 + 0.1 * 0.9;

// What every pod is like.
struct PodShape {
  double workers = 4;                         // a quarter of a core each; one core is requested
  int startup_least = 20, startup_most = 40;  // seconds from its creation until it is ready
  std::size_t max_streams = 200;              // more do not fit into its memory
  double stream_work = 0.0005;                // of a worker, for each stream
  int lame_duck = 5, drain = 25;  // seconds, of a pod that leaves; the second holds the first
};

enum class PodState { kStarting, kReady, kLeaving, kGone };

// One pod with its sidecar.
class Pod {
 public:
  Pod(std::uint64_t number, int revision, int created, int ready_at, const PodShape& shape);

  std::uint64_t number() const { return number_; }
  int revision() const { return revision_; }
  int created() const { return created_; }
  int ready_since() const { return ready_at_; }
  int leaving_since() const { return leaving_since_; }
  PodState state() const { return state_; }
  bool is_active() const { return state_ == PodState::kStarting || state_ == PodState::kReady; }
  bool leaves_by_scale_in() const { return leaves_by_scale_in_; }
  // As the kubelet reports it: a pod on its way out is ready until its probe has failed.
  bool is_ready_condition(int now) const;
  // The sidecar runs, and answers who asks.
  bool is_heard(int now) const { return now >= created_ + 3; }
  std::string address() const { return "pod-" + std::to_string(number_); }

  void Tick(int now);  // is it ready by now?
  void Leave(int now, bool by_scale_in);
  void Gone() { state_ = PodState::kGone; }
  bool IsDone(int now) const;  // nothing is left to wait for, or its time is over
  int closes_from() const { return leaving_since_ + shape_.lame_duck; }
  int closes_until() const { return leaving_since_ + shape_.drain; }

  bool HasRoom() const { return streams_ < shape_.max_streams; }
  void AddStream() { ++streams_; }
  void RemoveStream() { --streams_; }
  std::size_t streams() const { return streams_; }

  Server& server() { return server_; }
  const Server& server() const { return server_; }
  // A second of work; appends what has ended.
  void Run(int from, std::vector<Done>& done);

  // ---- what others see of it --------------------------------------------------------------------
  vitals::Snapshot Snap(int now);
  const vitals::Histogram& durations() const { return durations_; }  // of all calls to tools
  std::uint64_t requests() const { return requests_; }

 private:
  void Count(const Done& done);

  const std::uint64_t number_;
  const int revision_, created_, ready_at_;
  const PodShape shape_;
  PodState state_ = PodState::kStarting;
  int leaving_since_ = 0;
  bool leaves_by_scale_in_ = false;
  std::size_t streams_ = 0;
  Server server_;
  vitals::Snapshot snapshot_;
  vitals::Histogram durations_;
  std::uint64_t requests_ = 0;
};

}  // namespace mcp_vitals::closed_loop
