#include "app/sample_user.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cmath>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "app/sample_words.h"
#include "mcp/headers.h"
#include "net/http_client.h"

namespace mcp_vitals::app {

namespace {

using std::chrono::milliseconds;
using Errand = SampleTown::Errand;

constexpr auto kPatience = std::chrono::seconds(30);  // for an answer
constexpr auto kFarewell = std::chrono::seconds(2);   // for what ends a session
constexpr auto kRetry = milliseconds(500);            // until a failed stream is asked for again

// A stream that its user holds.
struct Held {
  Errand errand;
  bool is_wanted = true;
};

struct User {
  User(SampleTown& t, SamplePlan p, unsigned seed) : town(t), plan(p), random(seed) {
    speaker.era = plan.era;
    speaker.url = town.url;
  }
  milliseconds Pause() {
    const auto mean = static_cast<double>(town.options.pause.count());
    return milliseconds(std::llround(std::uniform_real_distribution(0.5, 1.5)(random) * mean));
  }

  SampleTown& town;
  const SamplePlan plan;
  std::minstd_rand random;
  SampleSpeaker speaker;
  std::optional<net::HttpClient> http;  // kept between calls
  std::shared_ptr<Held> held;
  int last_id = 0;
  std::size_t calls = 0;
};

struct Answer {
  net::HttpHead head;
  std::string body;
};

net::Task<void> Sleep(milliseconds time) {
  net::Timer timer(net::Executor(co_await net::asio::this_coro::executor));
  timer.expires_after(time);
  co_await timer.async_wait(net::kUseTaskTuple);
}

net::Task<std::optional<net::HttpClient>> Call(net::Url url, net::HttpLimits limits,
                                               net::Deadline deadline) {
  net::DialTrace trace;
  net::Endpoint endpoint;
  endpoint.host = url.host;
  endpoint.port = url.port;
  auto connection = co_await net::Dial(std::move(endpoint), deadline, trace);
  if (!connection) co_return std::nullopt;
  co_return net::HttpClient(std::move(*connection), limits);
}

// What a request is for, when the town closes.
enum class Purpose {
  kPlain,  // given up
  kOpens,  // not sent; once it was, its answer is waited for, since it opens what must be ended
  kEnds,   // sent and waited for
};

// Nothing if there was no answer.
net::Task<std::optional<Answer>> Ask(User& user, net::HttpRequest request, net::Deadline deadline,
                                     Purpose purpose) {
  if (!user.http || !user.http->reusable()) {
    user.http = co_await Call(user.speaker.url, net::HttpLimits(), deadline);
  }
  // Being hurried is lost on a wait that has just ended.
  if (!user.http || (user.town.is_closing && purpose != Purpose::kEnds)) co_return std::nullopt;
  auto head = co_await user.http->Exchange(std::move(request), deadline);
  const bool gives_up = user.town.is_closing && purpose == Purpose::kPlain;
  if (!head && !gives_up && head.error() == net::Error::kTimeout) {
    const net::Deadline soon = net::Clock::now() + kFarewell;
    head = co_await user.http->AwaitHead(std::min(deadline, soon));
  }
  if (head && !gives_up) {
    auto body = co_await user.http->ReadAll(deadline);
    if (body) co_return Answer{std::move(*head), std::move(*body)};
    if (purpose != Purpose::kPlain) co_return Answer{std::move(*head), ""};
  }
  user.http.reset();
  co_return std::nullopt;
}

// Counts a stream from its first event to its end, however that comes.
struct Begun {
  explicit Begun(SampleTown& t) : town(t) {
    town.Count([](SampleTally& tally) { ++tally.streams; });
  }
  ~Begun() {
    town.Count([](SampleTally& tally) { --tally.streams; });
  }
  Begun(const Begun&) = delete;
  Begun& operator=(const Begun&) = delete;
  SampleTown& town;
};

// True if it should be tried again.
net::Task<bool> HoldOnce(SampleTown& town, net::Url url, net::HttpRequest request) {
  net::HttpLimits limits;
  limits.body = std::size_t{1} << 40;  // it lasts
  auto http = co_await Call(std::move(url), limits, net::Clock::now() + kPatience);
  if (!http) co_return true;
  const auto head = co_await http->Exchange(std::move(request), net::Clock::now() + kPatience);
  if (!head) co_return true;
  if (head->status != 200) co_return head->status >= 500;
  std::optional<Begun> begun;
  while (true) {
    const auto piece = co_await http->ReadBody(net::Deadline::max());
    if (!piece || piece->empty()) co_return true;
    if (!begun) begun.emplace(town);
  }
}

// Waits without an end. So it lets a hurry throw at the next wait: it would be lost on a wait that
// has just ended, and there is nothing to clean up here.
net::Task<void> Hold(SampleTown& town, std::shared_ptr<Held> held, net::Url url,
                     net::HttpRequest request) {
  while (held->is_wanted) {
    const bool again = co_await HoldOnce(town, url, request);
    if (!again) co_return;
    if (held->is_wanted) co_await Sleep(kRetry);
  }
}

void BeginHolding(User& user, net::HttpRequest request, net::Executor executor) {
  const auto held = user.held = std::make_shared<Held>();
  net::asio::co_spawn(executor, Hold(user.town, held, user.speaker.url, std::move(request)),
                      net::asio::bind_cancellation_slot(held->errand.signal.slot(),
                                                        [held](const std::exception_ptr& bug) {
                                                          held->errand.has_ended = true;
                                                          // Not wanted, it was hurried.
                                                          if (bug && held->is_wanted)
                                                            std::rethrow_exception(bug);
                                                        }));
}

// False if the server does not want us now.
net::Task<bool> ArriveAsLegacy(User& user) {
  auto opened = co_await Ask(user, PostRequest(user.speaker, ++user.last_id, "initialize", ""),
                             net::Clock::now() + kPatience, Purpose::kOpens);
  if (!opened || opened->head.status != 200) co_return false;
  user.speaker.session = opened->head.Find(mcp::kSessionIdHeader);
  if (user.speaker.session.empty()) co_return false;
  user.town.Count([](SampleTally& tally) { ++tally.sessions, ++tally.sessions_opened; });
  if (user.town.is_closing) co_return true;
  co_await Ask(user, PostRequest(user.speaker, 0, "notifications/initialized", ""),
               net::Clock::now() + kPatience, Purpose::kPlain);
  BeginHolding(user, SessionRequest(user.speaker, "GET"),
               net::Executor(co_await net::asio::this_coro::executor));
  co_return true;
}

net::Task<bool> ArriveAsModern(User& user) {
  auto found = co_await Ask(user, PostRequest(user.speaker, ++user.last_id, "server/discover", ""),
                            net::Clock::now() + kPatience, Purpose::kPlain);
  if (!found || found->head.status != 200) co_return false;
  BeginHolding(user,
               PostRequest(user.speaker, ++user.last_id, "subscriptions/listen",
                           R"("notifications":{"toolsListChanged":true})"),
               net::Executor(co_await net::asio::this_coro::executor));
  co_return true;
}

// False if the session is lost.
net::Task<bool> CallTool(User& user, SampleCall call) {
  const int id = ++user.last_id;
  std::string params = R"("name":")" + std::string(call.tool) + R"(","arguments":)" +
                       std::string(call.arguments_json);
  auto answer =
      co_await Ask(user, PostRequest(user.speaker, id, "tools/call", std::move(params), call.tool),
                   net::Clock::now() + kPatience, Purpose::kPlain);
  const auto verdict = answer ? Judge(answer->head, answer->body, id) : SampleVerdict::kNoAnswer;
  const bool is_first = ++user.calls == 1;
  user.town.Count([&](SampleTally& tally) {
    if (is_first) ++user.town.have_called;
    if (verdict == SampleVerdict::kSucceeded) ++tally.succeeded;
    if (verdict == SampleVerdict::kToolError) ++tally.tool_errors;
    if (verdict == SampleVerdict::kRpcError) ++tally.rpc_errors;
    if (verdict == SampleVerdict::kNoAnswer) ++tally.given_up;
  });
  co_return verdict != SampleVerdict::kSessionLost;
}

net::Task<void> Stay(User& user) {
  if (user.town.is_closing) co_return;
  // As clients do; a proxy learns from the answer which tools there are.
  co_await Ask(user, PostRequest(user.speaker, ++user.last_id, "tools/list", ""),
               net::Clock::now() + kPatience, Purpose::kPlain);
  for (std::size_t i = 0; user.plan.stay == 0 || i < user.plan.stay; ++i) {
    if (user.town.is_closing) co_return;
    const bool goes_on = co_await CallTool(user, user.plan.calls[i % user.plan.calls.size()]);
    if (!goes_on) co_return;
    if (!user.town.is_closing) co_await Sleep(user.Pause());
  }
}

net::Task<void> Leave(User& user) {
  if (user.held) {
    user.held->is_wanted = false;
    user.held->errand.Hurry();
    user.held.reset();
  }
  if (user.speaker.session.empty()) co_return;
  // The kept connection may end just now: then again, on a new one.
  const net::Deadline deadline = net::Clock::now() + kFarewell;
  for (int tries = 0; tries < 2; ++tries) {
    auto gone =
        co_await Ask(user, SessionRequest(user.speaker, "DELETE"), deadline, Purpose::kEnds);
    if (gone) break;
  }
  user.speaker.session.clear();
  user.town.Count([](SampleTally& tally) { --tally.sessions; });
}

}  // namespace

net::Task<void> LiveAsUser(SampleTown& town, SamplePlan plan, unsigned seed) {
  // Being hurried ends one wait; what is to be ended is waited for then.
  co_await net::asio::this_coro::throw_if_cancelled(false);
  User user(town, plan, seed);
  while (!town.is_closing) {
    bool is_there = false;
    if (plan.era == mcp::Era::kModern) {
      is_there = co_await ArriveAsModern(user);
    } else {
      is_there = co_await ArriveAsLegacy(user);
    }
    if (is_there) co_await Stay(user);
    co_await Leave(user);
    if (!town.is_closing) co_await Sleep(2 * user.Pause());
  }
}

}  // namespace mcp_vitals::app
