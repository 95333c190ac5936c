#include "exporter/router.h"

#include <algorithm>
#include <chrono>

namespace mcp_vitals::exporter {
namespace {

// A request that finds its route full waits a little: the front cuts stalled readers meanwhile.
// Few may wait, since they hold a thread.
constexpr int kMaxWaiting = 2;
constexpr std::chrono::seconds kMaxWait{1};

Response Plain(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body) + "\n";
  return response;
}

std::string Join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Router::Router(Routes routes, std::vector<std::string> methods, SelfVitals* self)
    : routes_(std::move(routes)), methods_(std::move(methods)), self_(self) {
  for (const auto& [path, route] : routes_) places_[path];
}

int Router::places() const {
  int places = kMaxWaiting;  // for requests that no route answers
  for (const auto& [path, route] : routes_) places += route.max_concurrent + kMaxWaiting;
  return places;
}

void Router::SetUsers(std::map<std::string, std::string> basic_auth_users) {
  auto auth =
      basic_auth_users.empty() ? nullptr : std::make_shared<BasicAuth>(std::move(basic_auth_users));
  const std::lock_guard lock(mutex_);
  auth_ = std::move(auth);
}

void Router::Serve(const Request& request, const std::function<void(const Response&)>& write) {
  const auto found = routes_.find(request.path);
  const Route* route = found == routes_.end() ? nullptr : &found->second;
  const Response refusal = Refuse(request, route);
  if (refusal.status != 200) return write(refusal);

  Place& place = places_.find(request.path)->second;
  if (!Enter(place, route->max_concurrent)) {
    if (self_) ++self_->requests_rejected;
    Response busy = Plain(503, "too many requests of this kind at once");
    busy.headers.emplace_back("Retry-After", "1");
    return write(busy);
  }
  const auto leave = [this](Place* entered) { Leave(*entered); };
  const std::unique_ptr<Place, decltype(leave)> left(&place, leave);
  write(route->handler(request));
}

// What stands against the request; status 200 when nothing does.
Response Router::Refuse(const Request& request, const Route* route) {
  std::shared_ptr<BasicAuth> auth;
  {
    const std::lock_guard lock(mutex_);
    auth = auth_;
  }
  if (auth && !(route && route->open)) {
    const auto verdict = auth->Check(request.Header("authorization"));
    if (verdict == BasicAuth::Verdict::kBusy) {
      if (self_) ++self_->password_checks_rejected;
      Response busy = Plain(503, "too many passwords are being checked");
      busy.headers.emplace_back("Retry-After", "1");
      return busy;
    }
    if (verdict == BasicAuth::Verdict::kDenied) {
      Response denied = Plain(401, "name and password, please");
      denied.headers.emplace_back("WWW-Authenticate", "Basic");
      return denied;
    }
  }
  if (!route) return Plain(404, "no such page");
  if (std::find(methods_.begin(), methods_.end(), request.method) == methods_.end()) {
    Response wrong = Plain(405, "this page answers to " + Join(methods_) + " only");
    wrong.headers.emplace_back("Allow", Join(methods_));
    return wrong;
  }
  return {};
}

bool Router::Enter(Place& place, int max_concurrent) {
  std::unique_lock lock(mutex_);
  const auto free = [&] { return place.running < max_concurrent; };
  if (!free() && place.waiting >= kMaxWaiting) return false;
  ++place.waiting;
  const bool entered = left_.wait_for(lock, kMaxWait, free);
  --place.waiting;
  if (entered) ++place.running;
  return entered;
}

void Router::Leave(Place& place) {
  const std::lock_guard lock(mutex_);
  --place.running;
  left_.notify_all();
}

}  // namespace mcp_vitals::exporter
