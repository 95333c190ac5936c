#include "probe/saturation_poll.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "net/async.h"
#include "probe/saturation_fetch.h"

namespace mcp_vitals::probe {

namespace {

// A fetch catches what a server does; what comes here is a lack of memory and the like.
vitals::Fetched Broken() {
  return vitals::FetchFailure{vitals::FetchError::kConnectionError, "the fetch itself failed"};
}

}  // namespace

struct SaturationPoll::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& c, std::string agent, OnFetched f)
      : context(c),
        user_agent(std::move(agent)),
        on_fetched(std::move(f)),
        timer(c.get_executor()) {}

  // One fetch; another one takes its place when the source changes.
  struct Fetch {
    std::shared_ptr<const SaturationSource> source;
    net::Clock::time_point began = net::Clock::now();
    boost::asio::cancellation_signal stop;
    bool ended = false;
  };

  void Start(std::shared_ptr<const SaturationSource> source);
  void End();
  void OnEnded(const std::shared_ptr<Fetch>& fetch, const vitals::Fetched& fetched);

  boost::asio::io_context& context;
  const std::string user_agent;
  OnFetched on_fetched;  // empty once the poll is gone
  net::Timer timer;
  std::shared_ptr<Fetch> current;  // under way, or the last one; null: none is wanted
  int under_way = 0;
  std::function<void()> on_stopped;
};

void SaturationPoll::Impl::Start(std::shared_ptr<const SaturationSource> source) {
  current = std::make_shared<Fetch>();
  current->source = source;
  ++under_way;
  const net::Deadline deadline = current->began + source->target.timeout;
  boost::asio::co_spawn(
      context, FetchSaturation(std::move(source), user_agent, deadline),
      boost::asio::bind_cancellation_slot(
          current->stop.slot(), [self = shared_from_this(), fetch = current](
                                    std::exception_ptr error, vitals::Fetched fetched) {
            self->OnEnded(fetch, error ? Broken() : std::move(fetched));
          }));
}

void SaturationPoll::Impl::End() {
  timer.cancel();
  const auto fetch = std::exchange(current, nullptr);
  if (fetch && !fetch->ended) fetch->stop.emit(boost::asio::cancellation_type::terminal);
}

void SaturationPoll::Impl::OnEnded(const std::shared_ptr<Fetch>& fetch,
                                   const vitals::Fetched& fetched) {
  fetch->ended = true;
  if (--under_way == 0 && on_stopped) return std::exchange(on_stopped, nullptr)();
  if (fetch != current || !on_fetched) return;
  on_fetched(*fetch->source, fetched);
  timer.expires_at(std::max(fetch->began + fetch->source->interval, net::Clock::now()));
  timer.async_wait([weak = weak_from_this(), fetch](const boost::system::error_code& error) {
    const auto impl = weak.lock();
    // A timer that has run out can no longer be cancelled.
    if (!error && impl && impl->current == fetch) impl->Start(fetch->source);
  });
}

SaturationPoll::SaturationPoll(boost::asio::io_context& context, std::string user_agent,
                               OnFetched on_fetched)
    : impl_(std::make_shared<Impl>(context, std::move(user_agent), std::move(on_fetched))) {}

SaturationPoll::~SaturationPoll() {
  impl_->on_fetched = nullptr;
  impl_->on_stopped = nullptr;
  impl_->timer.cancel();
}

void SaturationPoll::Configure(std::shared_ptr<const SaturationSource> source) {
  impl_->End();
  if (source) impl_->Start(std::move(source));
}

void SaturationPoll::Stop(std::function<void()> done) {
  impl_->End();
  if (impl_->under_way == 0) return done();
  impl_->on_stopped = std::move(done);
}

}  // namespace mcp_vitals::probe
