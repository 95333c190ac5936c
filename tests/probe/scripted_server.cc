#include "tests/probe/scripted_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "mcp/json_pointer.h"

namespace mcp_vitals::probe {

namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Find(std::string_view json, std::string_view pointer) {
  const auto found = mcp::FindJson(json, pointer);
  if (!found || !*found) return "";
  const bool quoted = (*found)->type == mcp::JsonType::kString && pointer == "/id";
  return quoted ? '"' + (*found)->scalar + '"' : (*found)->scalar;
}

Seen Parse(const std::string& text) {
  Seen seen;
  const std::size_t head_end = text.find("\r\n\r\n");
  std::size_t line = text.find("\r\n");
  const std::string first = text.substr(0, line);
  seen.verb = first.substr(0, first.find(' '));
  seen.target = first.substr(seen.verb.size() + 1, first.rfind(' ') - seen.verb.size() - 1);
  while (line < head_end) {
    const std::size_t begin = line + 2;
    line = text.find("\r\n", begin);
    const std::string header = text.substr(begin, line - begin);
    const std::size_t colon = header.find(':');
    std::size_t value = colon + 1;
    while (value < header.size() && header[value] == ' ') ++value;
    seen.headers[Lower(header.substr(0, colon))] = header.substr(value);
  }
  seen.body = text.substr(head_end + 4);
  seen.method = Find(seen.body, "/method");
  seen.id = Find(seen.body, "/id");
  return seen;
}

}  // namespace

std::string Seen::Header(const std::string& lower_name) const {
  const auto found = headers.find(lower_name);
  return found == headers.end() ? "" : found->second;
}

ScriptedServer::ScriptedServer(Script script, support::RawServer::Options options)
    : script_(std::move(script)),
      tls_(options.tls != nullptr),
      server_([this](support::RawSocket& socket) { Serve(socket); }, std::move(options)) {}

std::string ScriptedServer::Url(std::string_view path) const {
  return (tls_ ? "https://" : "http://") + server_.Authority() + std::string(path);
}

std::vector<Seen> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> ScriptedServer::Sequence() const {
  std::vector<std::string> sequence;
  for (const Seen& seen : requests()) sequence.push_back(seen.What());
  return sequence;
}

Seen ScriptedServer::Only(const std::string& what) const {
  std::vector<Seen> found;
  for (const Seen& seen : requests()) {
    if (seen.What() == what) found.push_back(seen);
  }
  EXPECT_EQ(found.size(), 1u) << what;
  return found.empty() ? Seen{} : found.front();
}

void ScriptedServer::Serve(support::RawSocket& socket) {
  int connection;
  {
    const std::lock_guard lock(mutex_);
    connection = ++connections_;
  }
  for (std::string text = socket.ReadRequest(); !text.empty(); text = socket.ReadRequest()) {
    Seen seen = Parse(text);
    seen.connection = connection;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(seen);
    }
    auto play = script_.find(seen.method.empty() ? seen.verb : seen.method);
    if (play == script_.end()) play = script_.find("*");
    const std::optional<std::string> answer = play == script_.end()
                                                  ? Http(404, "text/plain", "no such page")
                                                  : play->second(seen, socket);
    if (!answer || (!answer->empty() && !socket.Send(*answer))) return;
  }
}

Play Fixed(std::string answer) {
  return [answer = std::move(answer)](const Seen&, support::RawSocket&) { return answer; };
}

Play Hang() {
  return [](const Seen&, support::RawSocket& socket) {
    socket.WaitForClose();
    return std::nullopt;
  };
}

Play CloseAtOnce() {
  return [](const Seen&, support::RawSocket&) { return std::nullopt; };
}

Play Cut(std::string bytes) {
  return [bytes = std::move(bytes)](const Seen&, support::RawSocket& socket) {
    socket.Send(bytes);
    return std::nullopt;
  };
}

Play Result(std::string result_json, std::string headers) {
  return [=](const Seen& seen, support::RawSocket&) {
    return Http(200, "application/json", ResultJson(seen, result_json), headers);
  };
}

Play Error(int status, int code, std::string message) {
  return [=](const Seen& seen, support::RawSocket&) {
    return Http(status, "application/json",
                R"({"jsonrpc":"2.0","id":)" + (seen.id.empty() ? "null" : seen.id) +
                    R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message +
                    R"("}})");
  };
}

Play Stream(std::string result_json, std::string headers) {
  return [=](const Seen& seen, support::RawSocket&) {
    return StreamHead(headers) + Chunk(Event(ResultJson(seen, result_json))) + Chunk("");
  };
}

std::string Http(int status, std::string_view content_type, std::string_view body,
                 std::string_view headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
  if (!content_type.empty()) out += "Content-Type: " + std::string(content_type) + "\r\n";
  out += headers;
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return out += body;
}

std::string ResultJson(const Seen& request, std::string_view result_json) {
  return R"({"jsonrpc":"2.0","id":)" + request.id + R"(,"result":)" + std::string(result_json) +
         "}";
}

std::string StreamHead(std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" +
         std::string(headers) + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string Chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

std::string Event(std::string_view data, std::string_view fields) {
  return std::string(fields) + "data: " + std::string(data) + "\n\n";
}

Script Legacy() {
  return {
      {"initialize", Result(R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}},)"
                            R"("serverInfo":{"name":"fake","version":"1.2"}})",
                            "Mcp-Session-Id: session-1\r\n")},
      {"notifications/initialized", Fixed(Http(202, "", ""))},
      {"notifications/cancelled", Fixed(Http(202, "", ""))},
      {"tools/list", Result(std::string(kTools))},
      {"tools/call", Result(R"({"content":[{"type":"text","text":"3"}]})")},
      {"DELETE", Fixed(Http(200, "", ""))},
      {"GET", Fixed(Http(405, "text/plain", "no stream"))},
      {"*", Error(400, -32000, "Bad Request: no valid session")},
  };
}

Script Modern() {
  return {
      {"server/discover",
       Result(R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},)"
              R"("resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":)"
              R"({"name":"fake","version":"2.0"}}})")},
      {"tools/list", Result(std::string(kTools))},
      {"tools/call", Result(R"({"content":[{"type":"text","text":"3"}],"resultType":"complete"})")},
      {"GET", Fixed(Http(405, "", ""))},
      {"DELETE", Fixed(Http(405, "", ""))},
      {"*", Error(404, -32601, "Method not found")},
  };
}

// The stream that answers are written to, by the threads of the POSTs.
struct HttpSseScript::Line {
  std::mutex mutex;
  support::RawSocket* stream = nullptr;

  void Send(const std::string& bytes) {
    const std::lock_guard lock(mutex);
    if (stream != nullptr) stream->Send(bytes);
  }
  void Set(support::RawSocket* socket) {
    const std::lock_guard lock(mutex);
    stream = socket;
  }
  // Unless the next client's has taken its place.
  void Unset(const support::RawSocket* socket) {
    const std::lock_guard lock(mutex);
    if (stream == socket) stream = nullptr;
  }
};

HttpSseScript::HttpSseScript(std::string endpoint)
    : results({{"initialize", R"({"protocolVersion":"2025-06-18","capabilities":{},)"
                              R"("serverInfo":{"name":"fake","version":"0.9"}})"},
               {"tools/list", std::string(kTools)},
               {"tools/call", R"({"content":[{"type":"text","text":"3"}]})"}}),
      endpoint_(std::move(endpoint)),
      line_(std::make_shared<Line>()) {}

Script HttpSseScript::script() {
  Script script;
  script["GET"] = [line = line_, endpoint = endpoint_](const Seen&, support::RawSocket& socket) {
    line->Set(&socket);  // first: the client may be quick
    line->Send(StreamHead() + Chunk(Event(endpoint, "event: endpoint\n")));
    socket.WaitForClose();
    line->Unset(&socket);
    return std::nullopt;
  };
  script["*"] = [line = line_, answers = results, before = before_each_answer](
                    const Seen& seen, support::RawSocket& socket) {
    if (seen.target == "/mcp") return Http(404, "text/html", "<p>Cannot POST /mcp");
    const auto answer = answers.find(seen.method);
    if (answer == answers.end()) return Http(202, "text/plain", "Accepted");
    socket.Send(Http(202, "text/plain", "Accepted"));
    if (!before.empty()) line->Send(Chunk(before));
    line->Send(Chunk(Event(ResultJson(seen, answer->second), "event: message\n")));
    return std::string();  // sent already
  };
  return script;
}

}  // namespace mcp_vitals::probe
