#include "app/sample_clients.h"

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <list>
#include <utility>

#include "app/loop.h"
#include "app/sample_user.h"

namespace mcp_vitals::app {

namespace {

constexpr std::array kCareful = {
    SampleCall{"add", R"({"a":19,"b":23})"},
    SampleCall{"echo", R"({"message":"hello"})"},
    SampleCall{"add", R"({"a":0.5,"b":0.25})"},
    SampleCall{"wait", R"({"seconds":1})"},
};
constexpr std::array kQuick = {
    SampleCall{"echo", R"({"message":"good morning"})"},
    SampleCall{"add", R"({"a":1,"b":1})"},
};
constexpr std::array kClumsy = {
    SampleCall{"add", R"({"a":"two","b":2})"},     SampleCall{"add", R"({"a":2,"b":2})"},
    SampleCall{"echo", R"({"message":"hello?"})"}, SampleCall{"fly", R"({"where":"home"})"},
    SampleCall{"echo", R"({"message":"sorry"})"},
};

constexpr std::array<SamplePlan, 7> kUsers = {{
    {mcp::Era::kLegacy, kCareful, 0},
    {mcp::Era::kLegacy, kQuick, 0},
    {mcp::Era::kLegacy, kCareful, 0},
    {mcp::Era::kModern, kCareful, 0},
    {mcp::Era::kModern, kQuick, 0},
    {mcp::Era::kLegacy, kClumsy, 0},
    {mcp::Era::kLegacy, kQuick, 10},  // goes away and comes back
}};

}  // namespace

struct SampleClients::Impl {
  Impl(net::Url url, const SampleClientOptions& options) : town(std::move(url), options) {}

  // Used by coroutines of the loop, all of which have ended when it is destroyed.
  SampleTown town;
  std::list<SampleTown::Errand> lives;
  Loop loop;
};

SampleClients::SampleClients(const std::string& url, const SampleClientOptions& options)
    : impl_(std::make_unique<Impl>(net::ParseUrl(url).value(), options)) {
  SampleTown& town = impl_->town;
  town.tally.users = kUsers.size();
  unsigned seed = 0;
  for (const SamplePlan& plan : kUsers) {
    SampleTown::Errand& life = impl_->lives.emplace_back();
    boost::asio::co_spawn(impl_->loop.context().get_executor(), LiveAsUser(town, plan, ++seed),
                          boost::asio::bind_cancellation_slot(
                              life.signal.slot(), [&life](const std::exception_ptr& bug) {
                                life.has_ended = true;
                                if (bug) std::rethrow_exception(bug);
                              }));
  }
  impl_->loop.Start();
}

SampleClients::~SampleClients() { Leave(); }

SampleTally SampleClients::Leave() {
  impl_->loop.Post([impl = impl_.get()] {
    impl->town.is_closing = true;
    for (SampleTown::Errand& life : impl->lives) life.Hurry();
  });
  impl_->loop.Finish();
  return tally();
}

bool SampleClients::WaitUntilAllAreThere(std::chrono::milliseconds time) const {
  const SampleTown& town = impl_->town;
  std::unique_lock lock(town.mutex);
  return town.changed.wait_for(lock, time, [&town] {
    return town.have_called == town.tally.users && town.tally.streams == town.tally.users;
  });
}

SampleTally SampleClients::tally() const {
  const std::lock_guard lock(impl_->town.mutex);
  return impl_->town.tally;
}

}  // namespace mcp_vitals::app
