#pragma once

#include <cstdint>
#include <vector>

#include "tests/closed_loop/cluster.h"
#include "tests/closed_loop/random.h"
#include "tests/closed_loop/scenario.h"

namespace mcp_vitals::closed_loop {

// A client's session with its stream.
struct Client {
  double leaves_at = 0;
  Pod* pod = nullptr;  // that holds the stream; null: it is without
  int retry_at = 0;    // without: when it tries again
  int failed = 0;      // without: attempts in vain
  int closes_at = -1;  // the pod leaves: when it closes this stream
};

// The clients with streams: they arrive, connect, leave, and come back after a jittered time when
// their stream ends. Streams stay where they are until then.
class Clients {
 public:
  // `traffic` for what everybody gets alike, `placement` for what depends on who scales.
  Clients(const Traffic& traffic, std::uint64_t seed, std::uint64_t placement);

  // Places the first ones, `layout` of them on each pod or anywhere.
  void Begin(Cluster& cluster, const std::vector<int>& layout);
  // A second: who leaves, arrives, connects. Opening a session is a call, which is appended to its
  // pod's. While the gateway is down nobody connects.
  void Tick(Cluster& cluster, int now, bool is_gateway_down);
  // Every stream ends; not by a pod.
  void BreakAll(int now);
  // The streams of a pod that is gone end.
  void CutFrom(const Pod& pod, int now);

  const std::vector<Client>& all() const { return clients_; }
  std::size_t streams() const { return streams_; }
  // Streams that a scale-in has ended.
  std::uint64_t cut_by_scale_in() const { return cut_by_scale_in_; }

 private:
  void Arrive(double now);
  void Connect(Client& client, Pod& pod, int now);
  void Disconnect(Client& client, int now);
  void Closed(Client& client, int now);
  void Close(Client& client, int now);
  void Remove(std::size_t index);

  const Traffic& traffic_;
  Random random_, placement_;
  std::vector<Client> clients_;
  std::size_t streams_ = 0;
  std::uint64_t cut_by_scale_in_ = 0;
};

}  // namespace mcp_vitals::closed_loop
