#include "proxy/gate.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "proxy/client.h"
#include "proxy/core.h"

namespace mcp_vitals::proxy {

using vitals::Limit;

bool Gate::has_limits() const {
  const Admission& admission = core_.settings.admission;
  return admission.max_in_flight.has_value() || !admission.tools.empty();
}

// What waits counts as in flight, and is not yet at the server.
bool Gate::Fits(const Waiting& waiting, bool alone) const {
  const Admission& admission = core_.settings.admission;
  const std::size_t passed = alone ? 0 : core_.vitals.operations_in_flight - queued_operations_;
  if (admission.max_in_flight && passed + waiting.operations > *admission.max_in_flight) {
    return false;
  }
  return std::all_of(waiting.tools.begin(), waiting.tools.end(), [&](const std::string& name) {
    const auto tool = admission.tools.find(name);
    if (tool == admission.tools.end() || !tool->second.max_in_flight) return true;
    const auto asked = std::count(waiting.tools.begin(), waiting.tools.end(), name);
    const std::size_t others = alone ? 0 : core_.observer.InFlight(name) - queued_by_tool_.at(name);
    return others + static_cast<std::size_t>(asked) <= *tool->second.max_in_flight;
  });
}

void Gate::Enter(std::shared_ptr<Client> client, std::size_t held, Time now) {
  const Admission& admission = core_.settings.admission;
  const Observation& asks = client->observation();
  queue_.push_back(
      {client, held, asks.operations_begun(), asks.tools(), now + admission.queue_timeout});
  const Waiting& entered = queue_.back();
  queued_bytes_ += held;
  queued_operations_ += entered.operations;
  for (const std::string& tool : entered.tools) ++queued_by_tool_[tool];
  const bool never = !Fits(entered, true);
  if (!never) Pump(now);
  const bool waits = !queue_.empty() && queue_.back().client == client;
  const bool has_room =
      queue_.size() <= admission.max_queue && queued_bytes_ <= core_.settings.bodies.left;
  if (!waits || (has_room && !never)) return;
  core_.vitals.Hit(Limit::kQueueFull);
  Take(std::prev(queue_.end()));
  client->Refuse(503, never ? "the batch asks for more at once than may be in flight"
                            : "too many operations are in flight");
}

Gate::Waiting Gate::Take(Queue::iterator waiting) {
  Waiting taken = std::move(*waiting);
  queue_.erase(waiting);
  queued_bytes_ -= taken.held;
  queued_operations_ -= taken.operations;
  for (const std::string& name : taken.tools) {
    const auto tool = queued_by_tool_.find(name);
    if (--tool->second == 0) queued_by_tool_.erase(tool);
  }
  core_.vitals.queued_requests = queue_.size();
  return taken;
}

void Gate::Leave(const Client& client) {
  const auto waiting = std::find_if(queue_.begin(), queue_.end(), [&](const Waiting& one) {
    return one.client.get() == &client;
  });
  if (waiting != queue_.end()) Take(waiting);
}

void Gate::Pump(Time now) {
  // Who goes on, or is refused, may end an exchange, and so come here again.
  if (pumping_) return;
  pumping_ = true;
  core_.vitals.queued_requests = queue_.size();
  for (auto waiting = queue_.begin(); waiting != queue_.end();) {
    const auto next = std::next(waiting);
    if (Fits(*waiting, false)) {
      Take(waiting).client->Admitted();
    } else if (waiting->until <= now) {
      core_.vitals.Hit(Limit::kQueueTimeout);
      Take(waiting).client->Refuse(503, "too many operations were in flight for too long");
    }
    waiting = next;
  }
  pumping_ = false;
}

}  // namespace mcp_vitals::proxy
