#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/clock.h"

namespace mcp_vitals::proxy {

class Client;
struct Core;

// Lets requests on to the server while no more operations are in flight than may be, of all and of
// one tool; the others wait for their turn, or are refused. First come, first served, but nobody
// waits for a tool that is not theirs. One thread.
class Gate {
 public:
  explicit Gate(Core& core) : core_(core) {}

  // Whether there is anything to wait for. If not, nobody needs to enter.
  bool has_limits() const;
  bool is_empty() const { return queue_.empty(); }
  // Takes a request in, whose operations count as in flight already; each once. Client::Admitted or
  // Client::Refuse follows, mostly at once. `held`: bytes of it that the client keeps meanwhile.
  void Enter(std::shared_ptr<Client> client, std::size_t held, Time now);
  void Leave(const Client& client);
  // Lets in whoever may go on now, and refuses whoever has waited too long.
  void Pump(Time now);

 private:
  struct Waiting {
    std::shared_ptr<Client> client;
    std::size_t held;
    std::size_t operations;
    std::vector<std::string> tools;
    Time until;
  };
  using Queue = std::list<Waiting>;
  // Whether it fits beside those operations that are at the server, or alone.
  bool Fits(const Waiting& waiting, bool alone) const;
  Waiting Take(Queue::iterator waiting);

  Core& core_;
  Queue queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t queued_operations_ = 0;
  std::map<std::string, std::size_t> queued_by_tool_;
  bool pumping_ = false;
};

}  // namespace mcp_vitals::proxy
