#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/raw_server.h"

namespace mcp_vitals::probe {

// A request as the server saw it.
struct Seen {
  std::string verb;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string method;  // JSON-RPC's; "" without a body
  std::string id;      // as JSON text; "" for a notification
  int connection = 0;  // counted from 1

  // "POST tools/list", "DELETE"
  std::string What() const { return method.empty() ? verb : verb + " " + method; }
  // "" if there is none.
  std::string Header(const std::string& lower_name) const;
};

// The answer to one request: bytes to send, after which the connection waits for the next one;
// nothing closes it. A script that needs more takes the socket.
using Play =
    std::function<std::optional<std::string>(const Seen& request, support::RawSocket& socket)>;
// By JSON-RPC method or else by HTTP verb ("GET", "DELETE"); "*" is all the rest.
using Script = std::map<std::string, Play>;

// Plays a script and remembers what it was asked.
class ScriptedServer {
 public:
  explicit ScriptedServer(Script script, support::RawServer::Options options = {});

  std::string Url(std::string_view path = "/mcp") const;
  std::vector<Seen> requests() const;
  std::vector<std::string> Sequence() const;  // each request's What()
  // The only request of that kind; a failure of the test if there is not one.
  Seen Only(const std::string& what) const;
  int connections() const { return server_.connections(); }
  int open() const { return server_.open(); }  // connections that have not ended

 private:
  void Serve(support::RawSocket& socket);

  const Script script_;
  const bool tls_;
  mutable std::mutex mutex_;
  std::vector<Seen> requests_;
  int connections_ = 0;
  support::RawServer server_;  // last: its threads use the rest
};

// ---- plays ------------------------------------------------------------------------------------

Play Fixed(std::string answer);
Play Hang();                                                     // until the client gives up
Play CloseAtOnce();                                              // no byte of an answer
Play Cut(std::string bytes);                                     // these, and then the end
Play Result(std::string result_json, std::string headers = "");  // 200, JSON
Play Error(int status, int code, std::string message);           // JSON-RPC error
// 200, an event stream with the answer as its one event, ended properly.
Play Stream(std::string result_json, std::string headers = "");

// ---- pieces of answers ------------------------------------------------------------------------

std::string Http(int status, std::string_view content_type, std::string_view body,
                 std::string_view headers = "");
std::string ResultJson(const Seen& request, std::string_view result_json);
std::string StreamHead(std::string_view headers = "");  // chunked
std::string Chunk(std::string_view bytes);              // "" is the last one
std::string Event(std::string_view data, std::string_view fields = "");

inline constexpr std::string_view kTools =
    R"({"tools":[{"name":"add","inputSchema":{"type":"object"}},)"
    R"({"name":"echo","inputSchema":{"type":"object"}}]})";

// A healthy server of 2025-11-25 with session "session-1", and one of 2026-07-28.
Script Legacy();
Script Modern();

// A healthy server of 2024-11-05: the stream at GET, messages at POST.
class HttpSseScript {
 public:
  // The event that names the endpoint, and what the answers are.
  explicit HttpSseScript(std::string endpoint = "/message?sessionId=1");
  Script script();
  std::map<std::string, std::string> results;  // by method
  std::string before_each_answer;              // further events

 private:
  struct Line;
  std::string endpoint_;
  std::shared_ptr<Line> line_;
};

}  // namespace mcp_vitals::probe
