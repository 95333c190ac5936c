#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "app/sample_clients.h"
#include "mcp/version.h"
#include "net/async.h"
#include "net/url.h"

namespace mcp_vitals::app {

struct SampleCall {
  std::string_view tool;
  std::string_view arguments_json;
};

// What one user does.
struct SamplePlan {
  mcp::Era era = mcp::Era::kLegacy;
  std::span<const SampleCall> calls;  // over and over
  std::size_t stay = 0;               // calls until the user goes away for a while; 0: never
};

// What users share: on their thread, but for the tally.
struct SampleTown {
  // A coroutine under way, which can be told not to wait any longer for what it waits for.
  struct Errand {
    net::asio::cancellation_signal signal;
    bool has_ended = false;
    void Hurry() {
      if (!has_ended) signal.emit(net::asio::cancellation_type::terminal);
    }
  };

  SampleTown(net::Url u, const SampleClientOptions& o) : url(std::move(u)), options(o) {}
  void Count(const std::function<void(SampleTally&)>& change) {
    const std::lock_guard lock(mutex);
    change(tally);
    changed.notify_all();
  }

  const net::Url url;
  const SampleClientOptions options;
  bool is_closing = false;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  SampleTally tally;
  std::uint64_t have_called = 0;  // users, at least once
};

// A user's life, until the town closes: then whatever is waited for is to be hurried, and what the
// user has open is ended.
net::Task<void> LiveAsUser(SampleTown& town, SamplePlan plan, unsigned seed);

}  // namespace mcp_vitals::app
