#include "proxy/core.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "mcp/methods.h"
#include "proxy/client.h"

namespace mcp_vitals::proxy {

void Core::RememberCanary(const OperationRecord& record) {
  constexpr std::size_t kMaxTargets = 10'000;
  const bool known = vitals.own_canaries.contains(record.probe);
  if (record.method != mcp::kToolsCall || (!known && vitals.own_canaries.size() >= kMaxTargets))
    return;
  vitals.own_canaries[record.probe] = {std::chrono::system_clock::now(), record.seconds,
                                       record.outcome == vitals::Outcome::kOk};
}

void Core::ForEachClient(const std::function<void(Client&)>& visit) {
  std::vector<std::shared_ptr<Link>> open;
  open.reserve(clients.size());
  for (Client* client : clients) open.push_back(client->shared_from_this());
  for (const auto& client : open) visit(static_cast<Client&>(*client));
}

std::size_t Core::CountClients(const std::function<bool(const Client&)>& is_one) const {
  return static_cast<std::size_t>(std::count_if(
      clients.begin(), clients.end(), [&](const Client* client) { return is_one(*client); }));
}

}  // namespace mcp_vitals::proxy
