#include "tests/closed_loop/clients.h"

#include <algorithm>
#include <cmath>

namespace mcp_vitals::closed_loop {

namespace {
constexpr double kLongestRetry = 30;  // seconds
}  // namespace

Clients::Clients(const Traffic& traffic, std::uint64_t seed, std::uint64_t placement)
    : traffic_(traffic), random_(seed), placement_(placement) {}

void Clients::Arrive(double now) {
  clients_.push_back({now + random_.Exponential(traffic_.session_seconds), nullptr, 0, 0, -1});
}

void Clients::Begin(Cluster& cluster, const std::vector<int>& layout) {
  const int count = static_cast<int>(traffic_.sessions(0));
  for (int i = 0; i < count; ++i) Arrive(0);
  std::size_t next = 0;
  for (std::size_t pod = 0; pod < layout.size() && pod < cluster.pods().size(); ++pod) {
    for (int i = 0; i < layout[pod] && next < clients_.size(); ++i) {
      Client& client = clients_[next++];
      client.pod = cluster.pods()[pod].get();
      client.pod->AddStream();
      ++streams_;
    }
  }
  for (; next < clients_.size(); ++next) {
    clients_[next].pod = cluster.pods()[placement_.Index(cluster.pods().size())].get();
    clients_[next].pod->AddStream();
    ++streams_;
  }
}

void Clients::Connect(Client& client, Pod& pod, int now) {
  client.pod = &pod;
  client.failed = 0;
  client.closes_at = -1;
  pod.AddStream();
  ++streams_;
  pod.server().Arrive({static_cast<double>(now), kOpen, kTools[kOpen].demand, 0});
}

void Clients::Disconnect(Client& client, int now) {
  client.pod->RemoveStream();
  client.pod = nullptr;
  --streams_;
  client.retry_at = now + 1 + static_cast<int>(placement_.Uniform() * 2);
}

void Clients::Close(Client& client, int now) {
  if (client.pod->leaves_by_scale_in()) ++cut_by_scale_in_;
  Disconnect(client, now);
}

void Clients::Closed(Client& client, int now) {
  const Pod& pod = *client.pod;
  if (pod.state() != PodState::kLeaving) return;
  if (client.closes_at < 0) {
    const double window = pod.closes_until() - pod.closes_from();
    client.closes_at = pod.closes_from() + static_cast<int>(placement_.Uniform() * window);
  }
  if (now >= client.closes_at) Close(client, now);
}

void Clients::Remove(std::size_t index) {
  Client& client = clients_[index];
  if (client.pod != nullptr) {
    client.pod->RemoveStream();
    --streams_;
  }
  client = clients_.back();
  clients_.pop_back();
}

void Clients::Tick(Cluster& cluster, int now, bool is_gateway_down) {
  for (std::size_t i = 0; i < clients_.size();) {
    if (clients_[i].leaves_at <= now) {
      Remove(i);
    } else {
      ++i;
    }
  }
  // As many as there should be, if as many come as leave and the curve rises or falls.
  const double wanted = traffic_.sessions(now);
  const double coming = wanted / traffic_.session_seconds + traffic_.sessions(now + 1) - wanted;
  const int arrivals = random_.Poisson(std::max(0.0, coming));
  for (int i = 0; i < arrivals; ++i) Arrive(now);
  const int leavers = random_.Poisson(std::max(0.0, -coming));
  for (int i = 0; i < leavers && !clients_.empty(); ++i) Remove(random_.Index(clients_.size()));
  for (Client& client : clients_) {
    if (client.pod != nullptr) {
      Closed(client, now);
    } else if (now >= client.retry_at) {
      Pod* const pod = is_gateway_down ? nullptr : cluster.Pick();
      if (pod != nullptr && pod->HasRoom()) {
        Connect(client, *pod, now);
      } else {
        const double longest = std::min(kLongestRetry, std::exp2(++client.failed));
        client.retry_at = now + 1 + static_cast<int>(placement_.Uniform() * longest);
      }
    }
  }
}

void Clients::BreakAll(int now) {
  for (Client& client : clients_) {
    if (client.pod != nullptr) Disconnect(client, now);
  }
}

void Clients::CutFrom(const Pod& pod, int now) {
  for (Client& client : clients_) {
    if (client.pod == &pod) Close(client, now);
  }
}

}  // namespace mcp_vitals::closed_loop
