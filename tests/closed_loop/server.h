#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

namespace mcp_vitals::closed_loop {

// One call to a tool, or the opening of a session.
struct Call {
  double at = 0;  // seconds, when it arrives
  std::size_t tool = 0;
  double demand = 0;  // of one worker, seconds
  double wait = 0;    // for something else, afterwards: takes no worker
};

struct Done {
  Call call;
  double duration = 0;      // seconds
  bool is_answered = true;  // or its client gave up, or the pod ended
};

// What a server of one pod does with calls: `workers` of them at once at full speed, more share
// them (processor sharing, event by event: exact). So latency rises with utilisation, without
// bound when more comes than can be done. Knows nothing of streams but what they cost.
class Server {
 public:
  static constexpr double kPatience = 60;  // seconds, after which a client gives up

  Server(double workers, double speed) : workers_(workers), speed_(speed) {}

  void set_speed(double speed) { speed_ = speed; }
  // Workers that are busy with something else than calls.
  void set_overhead(double workers) { overhead_ = workers; }
  // Within the second to come; in order.
  void Arrive(const Call& call) { arriving_.push_back(call); }
  // From `from` to `until`; appends what has ended.
  void Run(double from, double until, std::vector<Done>& done);
  // Ends all that is under way.
  void Abort(double now, std::vector<Done>& done);

  std::size_t in_flight() const { return in_flight_; }
  // Worker-seconds used since the start.
  double work() const { return work_; }
  // What is under way: seen(call).
  template <class Seen>
  void ForEach(Seen seen) const {
    for (const Slot& slot : slots_) {
      if (slot.state == State::kRunning || slot.state == State::kWaiting) seen(slot.call);
    }
  }

 private:
  enum class State { kFree, kRunning, kWaiting, kGivenUp };
  struct Slot {
    Call call;
    State state = State::kFree;
    std::uint64_t id = 0;
  };
  // In a heap by the moment when something is due: of work done for each, or of time.
  struct Due {
    double at;
    std::size_t slot;
    bool operator>(const Due& other) const { return at > other.at; }
  };
  using Heap = std::priority_queue<Due, std::vector<Due>, std::greater<>>;
  struct Oldest {
    std::size_t slot;
    std::uint64_t id;
  };

  void Start(const Call& call);
  void End(std::size_t slot, double now, bool is_answered, std::vector<Done>& done);
  void Worked(double now, std::vector<Done>& done);
  void DropGivenUp(Heap& heap);
  double OldestDue();

  const double workers_;
  double speed_;
  double overhead_ = 0;
  double work_ = 0;
  double given_ = 0;  // work that each running call has been given since the start
  std::size_t running_ = 0, in_flight_ = 0;
  std::uint64_t started_ = 0;
  std::deque<Call> arriving_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_;
  Heap running_heap_, waiting_heap_;
  std::deque<Oldest> oldest_;
};

}  // namespace mcp_vitals::closed_loop
