#include "tests/faults/fake_server.h"

#include <utility>

namespace mcp_vitals::faults {

using probe::Chunk;
using probe::Event;
using probe::Http;
using probe::Seen;

namespace {

bool IsModern(Wire wire) { return wire == Wire::kModernJson || wire == Wire::kModernSse; }
bool IsSse(Wire wire) { return wire == Wire::kModernSse || wire == Wire::kLegacySse; }

Step StepOf(Wire wire, const Seen& seen) {
  if (seen.method == "server/discover") return Step::kDiscover;
  if (seen.method == "initialize") return Step::kInitialize;
  if (seen.method == "notifications/initialized") return Step::kInitialized;
  if (seen.method == "tools/list") return Step::kListTools;
  if (seen.method == "tools/call") return Step::kCanary;
  if (seen.verb == "GET" && seen.target == "/mcp") {
    return wire == Wire::kHttpSse ? Step::kStream : Step::kResume;
  }
  return seen.verb == "DELETE" ? Step::kClose : Step::kOther;
}

// The session of HTTP+SSE that a message is POSTed to.
std::string SessionOf(const Seen& seen) {
  constexpr std::string_view kEndpoint = "/message?sessionId=";
  return seen.target.starts_with(kEndpoint) ? seen.target.substr(kEndpoint.size()) : "";
}

std::string Endpoint(const std::string& session) {
  return Event("/message?sessionId=" + session, "event: endpoint\n");
}

std::string Error(int status, int code, const std::string& message, const std::string& more = "") {
  return Http(status, "application/json",
              R"({"jsonrpc":"2.0","id":null,"error":{"code":)" + std::to_string(code) +
                  R"(,"message":")" + message + '"' + more + "}}");
}

std::string_view ResultOf(Step step, Wire wire) {
  switch (step) {
    case Step::kDiscover:
      return R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},)"
             R"("resultType":"complete","ttlMs":0,"cacheScope":"private",)"
             R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"fake","version":"2"}}})";
    case Step::kInitialize:
      return wire == Wire::kHttpSse
                 ? R"({"protocolVersion":"2024-11-05","capabilities":{"tools":{}},)"
                   R"("serverInfo":{"name":"fake","version":"1"}})"
                 : R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}},)"
                   R"("serverInfo":{"name":"fake","version":"1"}})";
    case Step::kListTools:
      return probe::kTools;
    default:
      return R"({"content":[{"type":"text","text":"3"}]})";
  }
}

}  // namespace

// ---- one request --------------------------------------------------------------------------------

std::string Moment::Result() const { return Result(seen.id); }

std::string Moment::Result(const std::string& id) const {
  Seen asked;
  asked.id = id;
  return probe::ResultJson(asked, ResultOf(step, server.wire_));
}

std::string Moment::Wrap(std::string_view json) const {
  const bool event = IsSse(server.wire_) || IsOnStream();
  return event && expects_answer() ? Event(json, "event: message\n") : std::string(json);
}

std::string Moment::Right() const { return step == Step::kStream ? Endpoint("0") : Wrap(Result()); }

bool Moment::expects_answer() const {
  return step == Step::kDiscover || step == Step::kInitialize || step == Step::kListTools ||
         step == Step::kCanary;
}

bool Moment::IsOnStream() const { return !SessionOf(seen).empty() && expects_answer(); }

std::string Moment::SessionHeader() {
  const bool gives = step == Step::kInitialize && server.wire_ != Wire::kHttpSse;
  if (gives && session_header_.empty()) {
    session_header_ = "Mcp-Session-Id: " + server.OpenSession() + "\r\n";
  }
  return session_header_;
}

bool Moment::Begin() {
  EndSessionIfAsked();
  if (IsOnStream()) return socket.Send(Http(202, "text/plain", "Accepted"));
  const bool event =
      step == Step::kStream || step == Step::kResume || (IsSse(server.wire_) && expects_answer());
  return socket.Send("HTTP/1.1 200 OK\r\nContent-Type: " +
                     std::string(event ? "text/event-stream" : "application/json") + "\r\n" +
                     SessionHeader() + "Transfer-Encoding: chunked\r\n\r\n");
}

bool Moment::Push(std::string_view bytes) {
  return IsOnStream() ? server.Send(SessionOf(seen), Chunk(bytes)) : socket.Send(Chunk(bytes));
}

// A DELETE that is answered by 200, however badly, has been obeyed.
void Moment::EndSessionIfAsked() {
  if (step == Step::kClose) server.ForgetSession(seen.Header("mcp-session-id"));
}

void Moment::End() { Push(""); }

void Moment::Break() {
  if (IsOnStream()) {
    server.Interrupt(SessionOf(seen));
  } else {
    socket.CloseAbruptly();
  }
}

std::optional<std::string> Moment::Deliver(std::string_view body) {
  EndSessionIfAsked();
  if (IsOnStream()) {
    Begin();
    Push(body);
    return "";
  }
  if (!IsSse(server.wire_) || !expects_answer()) {
    return Http(200, "application/json", body, SessionHeader());
  }
  return probe::StreamHead(SessionHeader()) + Chunk(body) + Chunk("");
}

// ---- the server ---------------------------------------------------------------------------------

FakeServer::FakeServer(Wire wire, std::map<Step, Misdeed> misdeeds, std::shared_ptr<SSL_CTX> tls)
    : wire_(wire),
      misdeeds_(std::move(misdeeds)),
      server_({{"*", [this](const Seen& seen,
                            support::RawSocket& socket) { return Answer(seen, socket); }}},
              {.tls = std::move(tls)}) {}

std::optional<std::string> FakeServer::Answer(const Seen& seen, support::RawSocket& socket) {
  const Step step = StepOf(wire_, seen);
  Moment moment(*this, step, seen, socket);
  const auto misdeed = misdeeds_.find(step);
  if (misdeed != misdeeds_.end()) {
    ++committed_;
    return misdeed->second(moment);
  }
  if (auto refusal = Refusal(step, seen)) return refusal;
  return Good(moment);
}

std::optional<std::string> FakeServer::Refusal(Step step, const Seen& seen) const {
  const std::string accept = seen.Header("accept");
  const std::string version = seen.Header("mcp-protocol-version");
  if (wire_ == Wire::kHttpSse) {
    if (step == Step::kStream || IsOpen(SessionOf(seen))) return std::nullopt;
    return Http(404, "text/plain", "Could not find session");
  }
  if (seen.verb == "POST" && accept != "application/json, text/event-stream") {
    return Error(406, -32000, "Not Acceptable");
  }
  if (IsModern(wire_)) {
    if (seen.verb != "POST") return Http(405, "text/plain", "Method Not Allowed");
    if (version != "2026-07-28") {
      return Error(400, -32022, "Unsupported protocol version",
                   R"(,"data":{"supported":["2026-07-28"]})");
    }
    const bool named = step != Step::kCanary || seen.Header("mcp-name") == "add";
    const bool matches = seen.Header("mcp-method") == seen.method && named;
    return matches ? std::nullopt : std::optional(Error(400, -32020, "Header mismatch"));
  }
  const std::string session = seen.Header("mcp-session-id");
  if (step == Step::kInitialize) {
    return session.empty() && version.empty()
               ? std::nullopt
               : std::optional(Error(400, -32600, "Server already initialized"));
  }
  if (session.empty()) return Error(400, -32000, "Bad Request: no valid session ID");
  if (!IsOpen(session)) return Error(404, -32001, "Session not found");
  // A session may be ended before its version is agreed on.
  if (version != "2025-11-25" && !(version.empty() && step == Step::kClose)) {
    return Error(400, -32000, "Bad Request: unsupported protocol version");
  }
  return std::nullopt;
}

std::optional<std::string> FakeServer::Good(Moment& moment) {
  switch (moment.step) {
    case Step::kStream:
      return HoldStream(moment);
    case Step::kClose:
      ForgetSession(moment.seen.Header("mcp-session-id"));
      return Http(200, "", "");
    case Step::kResume:
      return Http(405, "text/plain", "Method Not Allowed");
    case Step::kInitialized:
    case Step::kOther:
      return Http(202, "", "");
    default:
      return moment.Deliver(moment.Right());
  }
}

std::optional<std::string> FakeServer::HoldStream(Moment& moment) {
  const std::string session = OpenSession();
  moment.Begin();
  {
    const std::lock_guard lock(mutex_);
    streams_[session] = &moment.socket;
  }
  Send(session, Chunk(Endpoint(session)));
  moment.socket.WaitForClose();
  {
    const std::lock_guard lock(mutex_);
    streams_.erase(session);
  }
  ForgetSession(session);
  return std::nullopt;
}

std::string FakeServer::OpenSession() {
  const std::lock_guard lock(mutex_);
  return *sessions_.insert("session-" + std::to_string(++opened_)).first;
}

void FakeServer::ForgetSession(const std::string& id) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(id);
}

int FakeServer::sessions_opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

int FakeServer::sessions_open() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sessions_.size());
}

bool FakeServer::IsOpen(const std::string& session) const {
  const std::lock_guard lock(mutex_);
  return sessions_.contains(session);
}

bool FakeServer::Send(const std::string& session, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  const auto stream = streams_.find(session);
  return stream != streams_.end() && stream->second->Send(bytes);
}

void FakeServer::Interrupt(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto stream = streams_.find(session);
  if (stream != streams_.end()) stream->second->Interrupt();
}

}  // namespace mcp_vitals::faults
