#include "app/sample_mcp.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "app/sample_notices.h"
#include "app/sample_tools.h"
#include "app/version.h"
#include "mcp/headers.h"
#include "mcp/json_writer.h"
#include "mcp/message.h"
#include "mcp/version.h"

namespace mcp_vitals::app {

namespace {

namespace http = boost::beast::http;
using Answer = SampleAnswer;

constexpr std::size_t kMaxSessions = 65'536;
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEvents = "text/event-stream";
constexpr std::int64_t kParseError = -32700;
constexpr std::int64_t kServerError = -32000;
constexpr std::int64_t kSessionNotFound = -32001;

const std::string kServerInfo =
    std::string(R"({"name":"mcp-vitals-sample","version":")") + kVersion + R"("})";
const std::string kModernMeta = R"("io.modelcontextprotocol/serverInfo":)" + kServerInfo;

std::string_view HeaderOf(const SampleMcp::HttpRequest& request, std::string_view name) {
  const auto value = request[boost::beast::string_view(name.data(), name.size())];
  return {value.data(), value.size()};
}

std::string Quoted(std::string_view text) {
  std::string json;
  mcp::AppendJsonString(json, text);
  return json;
}

// A page of another origin must not reach a server on loopback (DNS rebinding).
bool IsForeignOrigin(std::string_view origin) {
  if (origin.empty()) return false;
  for (const std::string_view own : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!origin.starts_with(own)) continue;
    const std::string_view rest = origin.substr(own.size());
    if (rest.empty() || rest.front() == ':') return false;
  }
  return true;
}

Answer Unsupported(const SampleRequest& request, std::string_view asked) {
  return ErrorAnswer(400, request.id_json, mcp::code::kUnsupportedProtocolVersion,
                     "Unsupported protocol version",
                     R"({"supported":["2026-07-28"],"requested":)" + Quoted(asked) + "}");
}

// A modern request's headers must say what its body says.
std::optional<Answer> HeaderMismatch(const SampleMcp::HttpRequest& http,
                                     const SampleRequest& request) {
  const auto mismatch = [&](std::string_view header) {
    return ErrorAnswer(
        400, request.id_json, mcp::code::kHeaderMismatch,
        "Header mismatch: " + std::string(header) + " is missing or not as in the body");
  };
  if (HeaderOf(http, mcp::kProtocolVersionHeader) != request.meta_version) {
    return mismatch(mcp::kProtocolVersionHeader);
  }
  if (HeaderOf(http, mcp::kMethodHeader) != request.method) return mismatch(mcp::kMethodHeader);
  if (request.method == "tools/call" &&
      mcp::DecodeHeaderValue(HeaderOf(http, mcp::kNameHeader)) != request.tool) {
    return mismatch(mcp::kNameHeader);
  }
  return std::nullopt;
}

std::string NewSessionId() {
  std::array<unsigned char, 16> bytes;
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string id;
  for (const unsigned char byte : bytes) {
    id += "0123456789abcdef"[byte >> 4];
    id += "0123456789abcdef"[byte & 15];
  }
  return id;
}

bool SpeaksStreamableHttp(std::optional<mcp::Version> version) {
  return version && EraOf(*version) == mcp::Era::kLegacy && *version != mcp::Version::k20241105;
}

}  // namespace

SampleSessions SampleMcp::sessions() const {
  SampleSessions counts;
  counts.closed = closed_;  // first: it never exceeds what was opened
  counts.opened = opened_;
  counts.live = counts.opened - counts.closed;
  return counts;
}

Answer SampleMcp::Handle(const HttpRequest& request) {
  const auto target = request.target();
  const std::string_view whole(target.data(), target.size());
  const std::string_view path = whole.substr(0, whole.find('?'));
  if (path == "/health") return PlainAnswer(200, "ok");
  if (path != "/mcp") return PlainAnswer(404, "not found; the endpoint is /mcp");
  if (IsForeignOrigin(HeaderOf(request, "Origin"))) return PlainAnswer(403, "foreign Origin");
  if (request.method() == http::verb::post) return Post(request);
  if (options_.legacy && request.method() == http::verb::delete_) return Delete(request);
  if (options_.legacy && request.method() == http::verb::get) return Get(request);
  return NotAllowedAnswer(options_.legacy ? "GET, POST, DELETE" : "POST");
}

Answer SampleMcp::Get(const HttpRequest& http) {
  const std::string_view version = HeaderOf(http, mcp::kProtocolVersionHeader);
  if (version == "2026-07-28") return NotAllowedAnswer("POST");
  if (!version.empty() && !SpeaksStreamableHttp(mcp::ParseVersion(version))) {
    return ErrorAnswer(400, "", kServerError, "Unsupported protocol version");
  }
  if (HeaderOf(http, "Accept").find(kEvents) == std::string_view::npos) {
    return ErrorAnswer(406, "", kServerError, "Accept must list text/event-stream");
  }
  if (Answer wrong = CheckSession(http, ""); wrong.status != 200) return wrong;
  const std::string id(HeaderOf(http, mcp::kSessionIdHeader));
  // A session's streams end with it, before it goes.
  return Stream(NoticeStream(id, options_.event_interval,
                             [&session = sessions_[id]] { return session.is_quiet; }));
}

Answer SampleMcp::Post(const HttpRequest& http) {
  const std::string_view accept = HeaderOf(http, "Accept");
  if (accept.find(kJson) == std::string_view::npos ||
      accept.find(kEvents) == std::string_view::npos) {
    return ErrorAnswer(406, "", kServerError,
                       "Accept must list application/json and text/event-stream");
  }
  if (!HeaderOf(http, "Content-Type").starts_with(kJson)) {
    return ErrorAnswer(415, "", kServerError, "Content-Type must be application/json");
  }
  const auto request = ReadSampleRequest(http.body());
  if (!request) return ErrorAnswer(400, "", kParseError, "Parse error");
  const std::string_view version = HeaderOf(http, mcp::kProtocolVersionHeader);
  const bool is_modern = !request->meta_version.empty() ||
                         !HeaderOf(http, mcp::kMethodHeader).empty() || version == "2026-07-28";
  if (options_.modern && is_modern) return Modern(http, *request);
  if (options_.legacy) return Legacy(http, *request);
  return Unsupported(*request, version.empty() ? request->protocol_version : version);
}

Answer SampleMcp::Modern(const HttpRequest& http, const SampleRequest& request) {
  if (request.meta_version.empty()) {
    return ErrorAnswer(400, request.id_json, mcp::code::kInvalidParams,
                       "params._meta must name the protocol version");
  }
  if (auto mismatch = HeaderMismatch(http, request)) return std::move(*mismatch);
  if (request.meta_version != "2026-07-28") return Unsupported(request, request.meta_version);
  if (request.id_json.empty()) return StatusAnswer(202);
  const std::string complete = R"("resultType":"complete","_meta":{)" + kModernMeta + "}";
  const std::string cached = R"(,"ttlMs":60000,"cacheScope":"public",)" + complete;
  if (request.method == "server/discover") {
    return Result(request, R"("supportedVersions":["2026-07-28"],)"
                           R"("capabilities":{"tools":{"listChanged":true}})" +
                               cached);
  }
  if (request.method == "tools/list") return Result(request, kSampleTools + cached);
  if (request.method == "tools/call") return Call(request, "", "," + complete, 400);
  if (request.method == "subscriptions/listen") return Listen(request);
  return ErrorAnswer(404, request.id_json, mcp::code::kMethodNotFound, "Method not found");
}

Answer SampleMcp::Listen(const SampleRequest& request) {
  if (!request.has_filter) {
    return ErrorAnswer(400, request.id_json, mcp::code::kInvalidParams,
                       "params.notifications must say what to listen for");
  }
  return Stream(ListenStream(request, options_.event_interval, kModernMeta));
}

Answer SampleMcp::Call(const SampleRequest& request, const std::string& session,
                       const std::string& more, int unknown_status) {
  if (const auto wait = WaitOf(request)) {
    SampleStream stream = WaitStream(request, *wait, more);
    stream.session = session;
    return Stream(std::move(stream));
  }
  if (auto called = CallSampleTool(request)) return Result(request, *called + more);
  return ErrorAnswer(unknown_status, request.id_json, mcp::code::kInvalidParams,
                     "Unknown tool: " + request.tool);
}

Answer SampleMcp::Legacy(const HttpRequest& http, const SampleRequest& request) {
  const std::string_view version = HeaderOf(http, mcp::kProtocolVersionHeader);
  if (!version.empty() && !SpeaksStreamableHttp(mcp::ParseVersion(version))) {
    return ErrorAnswer(400, request.id_json, kServerError, "Unsupported protocol version");
  }
  if (request.method == "initialize") return Initialize(request);
  if (Answer wrong = CheckSession(http, request.id_json); wrong.status != 200) return wrong;
  const std::string id(HeaderOf(http, mcp::kSessionIdHeader));
  if (request.method == "notifications/cancelled") streams_.Cancel(id, request.cancelled_json);
  if (request.id_json.empty() || request.method.empty()) return StatusAnswer(202);
  if (request.method == "ping") return Result(request, "");
  if (request.method == "tools/list") return Result(request, kSampleTools);
  if (request.method == "tools/call") return Call(request, id, "", 200);
  if (request.method == "logging/setLevel") return SetLogLevel(sessions_[id], request);
  return ErrorAnswer(200, request.id_json, mcp::code::kMethodNotFound, "Method not found");
}

Answer SampleMcp::Initialize(const SampleRequest& request) {
  if (sessions_.size() >= kMaxSessions) {
    return ErrorAnswer(503, request.id_json, kServerError, "Too many sessions");
  }
  auto version = mcp::ParseVersion(request.protocol_version);
  if (!SpeaksStreamableHttp(version)) version = mcp::kNewestLegacy;
  std::string result = R"("protocolVersion":")" + std::string(mcp::ToString(*version));
  result += R"(","capabilities":{"logging":{},"tools":{}},"serverInfo":)" + kServerInfo;
  Answer answer = Result(request, std::move(result));
  answer.session = NewSessionId();
  sessions_.emplace(answer.session, Session());
  ++opened_;
  return answer;
}

Answer SampleMcp::CheckSession(const HttpRequest& http, const std::string& id_json) const {
  const std::string session(HeaderOf(http, mcp::kSessionIdHeader));
  if (session.empty()) return ErrorAnswer(400, id_json, kServerError, "Missing session ID");
  if (!sessions_.contains(session)) {
    return ErrorAnswer(404, id_json, kSessionNotFound, "Session not found");
  }
  return {};
}

Answer SampleMcp::Delete(const HttpRequest& http) {
  if (Answer wrong = CheckSession(http, ""); wrong.status != 200) return wrong;
  const std::string id(HeaderOf(http, mcp::kSessionIdHeader));
  streams_.EndSession(id);
  sessions_.erase(id);
  ++closed_;
  return {};
}

// RFC 5424's levels; our messages are of level info.
Answer SampleMcp::SetLogLevel(Session& session, const SampleRequest& request) const {
  constexpr std::array<std::string_view, 8> kLevels = {"debug", "info",     "notice", "warning",
                                                       "error", "critical", "alert",  "emergency"};
  const auto level = std::find(kLevels.begin(), kLevels.end(), request.log_level);
  if (level == kLevels.end()) {
    return ErrorAnswer(200, request.id_json, mcp::code::kInvalidParams, "Unknown log level");
  }
  session.is_quiet = level - kLevels.begin() > 1;
  return Result(request, "");
}

Answer SampleMcp::Stream(SampleStream stream) {
  Answer answer;
  answer.content_type = kEvents;
  const std::string id_json = stream.id_json;
  answer.stream = streams_.Open(std::move(stream));
  if (answer.stream == nullptr) return ErrorAnswer(503, id_json, kServerError, "Too many streams");
  return answer;
}

Answer SampleMcp::Result(const SampleRequest& request, std::string result) const {
  Answer answer;
  answer.content_type = options_.sse ? kEvents : kJson;
  answer.body = ResultJson(request.id_json, result);
  if (options_.sse) answer.body = SseEvent(answer.body);
  return answer;
}

}  // namespace mcp_vitals::app
