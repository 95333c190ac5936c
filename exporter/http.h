#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

// What a handler of the HTTP surface sees and answers; civetweb stays behind exporter/server.cc.
namespace mcp_vitals::exporter {

struct Request {
  std::string method;
  std::string path;
  std::multimap<std::string, std::string> query;  // decoded
  std::map<std::string, std::string> headers;     // names in lower case

  std::string Query(const std::string& name) const;   // "" if absent; the first if repeated
  std::string Header(const std::string& name) const;  // likewise; `name` in lower case
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  // Instead of `body`: written piece by piece, so that a large answer is never held whole.
  std::function<void(std::ostream&)> stream;
};

// Called on one of the server's threads, several at a time.
using Handler = std::function<Response(const Request&)>;

struct Route {
  Handler handler;
  bool open = false;  // answered without the web configuration's authentication
  // At most this many at once, beyond it 503: a slow kind of request (`/probe`) can't take the
  // threads that `/metrics` needs.
  int max_concurrent = 16;
};
using Routes = std::map<std::string, Route>;  // by exact path

}  // namespace mcp_vitals::exporter
