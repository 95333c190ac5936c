#include "scaler/prometheus_poll.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "scaler/ask_prometheus.h"

namespace mcp_vitals::scaler {

namespace {
constexpr auto kInterval = std::chrono::seconds(10);
constexpr auto kDeadline = std::chrono::seconds(5);
}  // namespace

struct PrometheusPoll::Impl {
  Impl(boost::asio::io_context& context, std::string f, PrometheusClient c, Board& b)
      : fleet(std::move(f)),
        client(std::make_shared<PrometheusClient>(std::move(c))),
        board(b),
        timer(context.get_executor()) {}
  static net::Task<void> Run(std::shared_ptr<Impl> impl);

  const std::string fleet;
  const std::shared_ptr<PrometheusClient> client;
  Board& board;
  net::Timer timer;
  bool is_stopped = false;
};

net::Task<void> PrometheusPoll::Impl::Run(std::shared_ptr<Impl> impl) {
  while (!impl->is_stopped) {
    const auto began = net::Clock::now();
    auto sample = co_await AskPrometheus(impl->client, began + kDeadline);
    if (impl->is_stopped) break;
    impl->board.Saw(impl->fleet, std::move(sample), Clock::now());
    impl->timer.expires_at(began + kInterval);
    co_await impl->timer.async_wait(net::kUseTaskTuple);
  }
}

PrometheusPoll::PrometheusPoll(boost::asio::io_context& context, std::string fleet,
                               std::shared_ptr<const PrometheusSource> source,
                               std::string user_agent, Board& board)
    : impl_(std::make_shared<Impl>(context, std::move(fleet),
                                   PrometheusClient{std::move(source), std::move(user_agent), {}},
                                   board)) {
  boost::asio::co_spawn(context, Impl::Run(impl_), boost::asio::detached);
}

PrometheusPoll::~PrometheusPoll() {
  impl_->is_stopped = true;
  impl_->timer.cancel();
}

}  // namespace mcp_vitals::scaler
