#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

#include "net/async.h"
#include "net/poller.h"
#include "proxy/drain.h"
#include "proxy/gate.h"
#include "proxy/head.h"
#include "proxy/observer.h"
#include "proxy/pool.h"
#include "proxy/settings.h"
#include "proxy/tool_names.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

class Client;

// What all connections of one proxy share. One thread: that of its io_context.
struct Core {
  Core(net::Executor executor_, Settings settings_)
      : executor(executor_),
        settings(std::move(settings_)),
        bodies(settings.bodies),
        observer(settings.observer, bodies, tools, vitals),
        own_observer(settings.observer, bodies, tools, own_vitals) {
    own_observer.SetRecorder([this](const OperationRecord& record) { RememberCanary(record); });
  }

  const net::Executor executor;
  net::Poller poller{executor};
  const Settings settings;
  BodyBudget bodies;
  ToolNames tools;
  vitals::ServerVitals vitals;
  Observer observer;
  // Our own probes are seen by another, so that they enter no number of the clients'.
  vitals::ServerVitals own_vitals;
  Observer own_observer;
  Pool pool;
  Gate gate{*this};
  Drain drain{*this};
  std::unordered_set<Client*> clients;  // open
  bool draining = false;                // no new sessions and streams
  bool stopping = false;

  void RememberCanary(const OperationRecord& record);
  // `visit` may end any of them.
  void ForEachClient(const std::function<void(Client&)>& visit);
  std::size_t CountClients(const std::function<bool(const Client&)>& is_one) const;

  // Lent to whoever is called back: nothing in them outlives the call.
  std::array<char, std::size_t{64} << 10> input;
  std::string output;
  Head head;
};

}  // namespace mcp_vitals::proxy
