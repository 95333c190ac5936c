#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a handler of the HTTP surface sees and answers; civetweb stays behind exporter/civet.cc.
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
  // Instead of `body`: written piece by piece, so that a large answer is never held whole. The
  // stream fails when the client is gone: a long writer looks at it now and then.
  std::function<void(std::ostream&)> stream;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
};

// Called on one of the server's threads, several at a time.
using Handler = std::function<Response(const Request&)>;

struct Route {
  Handler handler;
  bool open = false;  // answered without the web configuration's authentication
  // At most this many at once; a few more wait for a second, and beyond them it is 503: a slow kind
  // of request (`/probe`) can't take the threads that `/metrics` needs.
  int max_concurrent = 12;
};
using Routes = std::map<std::string, Route>;  // by exact path

// "a=1&b=%20" decoded; at most 64 parameters.
std::multimap<std::string, std::string> ParseQuery(std::string_view query);

std::string_view StatusText(int status);  // "Not Found"

// A JSON string, with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);

// `text` as valid UTF-8 without control characters but newline and tab, cut at a character to at
// most `max_bytes`: what a server says, made fit for labels and pages.
std::string CleanUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace mcp_vitals::exporter
