#include "probe/health_check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>
#include <utility>

#include "net/http_client.h"
#include "probe/exchange.h"

namespace mcp_vitals::probe {

namespace {

net::Task<int> AskHealth(std::shared_ptr<const Target> target, std::string user_agent,
                         net::Deadline deadline) {
  const net::Url& url = *target->health_url;
  net::DialTrace unused;
  auto connection = co_await net::Dial(EndpointOf(*target, url), deadline, unused);
  if (!connection) co_return 0;
  net::HttpClient client(std::move(*connection), net::HttpLimits{});
  net::HttpRequest request;
  request.target = url.target;
  request.headers.emplace_back("Host", url.Authority());
  request.headers.emplace_back("User-Agent", std::move(user_agent));
  // The status says it all: the body is not read, and a redirect is an answer.
  const auto head = co_await client.Exchange(std::move(request), deadline);
  co_return head ? head->status : 0;
}

}  // namespace

std::shared_ptr<HealthCheck> HealthCheck::Start(net::Executor executor,
                                                std::shared_ptr<const Target> target,
                                                const Prober& prober, net::Deadline deadline) {
  auto check = std::make_shared<HealthCheck>(executor);
  net::asio::co_spawn(executor, AskHealth(std::move(target), UserAgent(prober), deadline),
                      [check](std::exception_ptr, int status) {
                        check->status_ = status;
                        check->has_ended_ = true;
                        check->ended_.cancel();
                      });
  return check;
}

net::Task<int> HealthCheck::Status() {
  if (!has_ended_) co_await ended_.async_wait(net::asio::as_tuple(net::kUseTask));
  co_return status_;
}

}  // namespace mcp_vitals::probe
