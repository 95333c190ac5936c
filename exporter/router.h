#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "exporter/basic_auth.h"
#include "exporter/http.h"
#include "exporter/self_vitals.h"

namespace mcp_vitals::exporter {

// From a request to its answer: authentication, path, method, the route's limit. Thread-safe.
class Router {
 public:
  // `methods`: what the routes answer to; any other is 405.
  Router(Routes routes, std::vector<std::string> methods, SelfVitals* self);

  // Calls `write` exactly once, with the answer, while the route counts as busy: writing takes a
  // thread as well as the handler does.
  void Serve(const Request& request, const std::function<void(const Response&)>& write);

  // How many requests may be here at once, served or waiting: with a thread for each, no route at
  // its limit takes one from another.
  int places() const;

  void SetUsers(std::map<std::string, std::string> basic_auth_users);

 private:
  struct Place {  // where a route's limit is kept
    int running = 0;
    int waiting = 0;
  };
  Response Refuse(const Request& request, const Route* route);
  bool Enter(Place& place, int max_concurrent);
  void Leave(Place& place);

  const Routes routes_;
  const std::vector<std::string> methods_;
  SelfVitals* const self_;
  std::mutex mutex_;  // guards all below
  std::condition_variable left_;
  std::map<std::string, Place> places_;
  std::shared_ptr<BasicAuth> auth_;  // null: open to all
};

}  // namespace mcp_vitals::exporter
