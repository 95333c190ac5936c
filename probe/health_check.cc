#include "probe/health_check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>
#include <utility>

#include "probe/exchange.h"

namespace mcp_vitals::probe {

namespace {

net::Task<int> AskHealth(std::shared_ptr<const Target> target, std::string user_agent,
                         net::Deadline deadline) {
  const net::Url& url = *target->health_url;
  net::HttpRequest request;
  request.target = url.target;
  request.headers.emplace_back("Host", url.Authority());
  request.headers.emplace_back("User-Agent", std::move(user_agent));
  // The status says it all: the body is not read, and a redirect is an answer.
  const auto answer = co_await AskAside(*target, url, std::move(request), 0, deadline);
  co_return answer ? answer->status : 0;
}

}  // namespace

std::shared_ptr<HealthCheck> HealthCheck::Start(net::Executor executor,
                                                std::shared_ptr<const Target> target,
                                                const Prober& prober, net::Deadline deadline) {
  auto check = std::make_shared<HealthCheck>(executor);
  net::asio::co_spawn(executor, AskHealth(std::move(target), UserAgent(prober), deadline),
                      net::asio::bind_cancellation_slot(check->stop_.slot(),
                                                        [check](std::exception_ptr, int status) {
                                                          check->status_ = status;
                                                          check->has_ended_ = true;
                                                          check->ended_.cancel();
                                                        }));
  return check;
}

void HealthCheck::Stop() {
  if (!has_ended_) stop_.emit(net::asio::cancellation_type::terminal);
}

net::Task<int> HealthCheck::Status() {
  if (!has_ended_) co_await ended_.async_wait(net::asio::as_tuple(net::kUseTask));
  co_return status_;
}

}  // namespace mcp_vitals::probe
