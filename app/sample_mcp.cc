#include "app/sample_mcp.h"

#include <openssl/rand.h>

#include <array>
#include <charconv>

#include "app/version.h"
#include "mcp/headers.h"
#include "mcp/json_writer.h"
#include "mcp/message.h"
#include "mcp/version.h"

namespace mcp_vitals::app {

namespace {

namespace http = boost::beast::http;
using Answer = SampleMcp::Answer;

constexpr std::size_t kMaxSessions = 65'536;
constexpr std::string_view kJson = "application/json";
constexpr std::int64_t kParseError = -32700;
constexpr std::int64_t kServerError = -32000;
constexpr std::int64_t kSessionNotFound = -32001;

constexpr char kTools[] =
    R"("tools":[{"name":"echo","description":"Says what it was told","inputSchema":{"type":"object",)"
    R"("properties":{"message":{"type":"string"}},"required":["message"]}},)"
    R"({"name":"add","description":"Adds two numbers","inputSchema":{"type":"object",)"
    R"("properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]},)"
    R"("outputSchema":{"type":"object","properties":{"sum":{"type":"number"}},)"
    R"("required":["sum"]}}])";
const std::string kServerInfo =
    std::string(R"({"name":"mcp-vitals-sample","version":")") + kVersion + R"("})";

std::string_view HeaderOf(const SampleMcp::HttpRequest& request, std::string_view name) {
  const auto value = request[boost::beast::string_view(name.data(), name.size())];
  return {value.data(), value.size()};
}

std::string Quoted(std::string_view text) {
  std::string json;
  mcp::AppendJsonString(json, text);
  return json;
}

Answer Error(int status, std::string_view id_json, std::int64_t code, std::string_view message,
             std::string_view data = "") {
  Answer answer;
  answer.status = status;
  answer.content_type = kJson;
  answer.body = R"({"jsonrpc":"2.0","id":)";
  answer.body += id_json.empty() ? "null" : id_json;
  answer.body += R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":)";
  mcp::AppendJsonString(answer.body, message);
  if (!data.empty()) (answer.body += R"(,"data":)") += data;
  answer.body += "}}";
  return answer;
}

Answer Plain(int status, std::string_view text) {
  Answer answer;
  answer.status = status;
  answer.content_type = "text/plain";
  answer.body = text;
  return answer;
}

Answer NotAllowed(std::string_view allow) {
  Answer answer = Plain(405, "method not allowed");
  answer.allow = allow;
  return answer;
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
  return Error(400, request.id_json, mcp::code::kUnsupportedProtocolVersion,
               "Unsupported protocol version",
               R"({"supported":["2026-07-28"],"requested":)" + Quoted(asked) + "}");
}

// A modern request's headers must say what its body says.
std::optional<Answer> HeaderMismatch(const SampleMcp::HttpRequest& http,
                                     const SampleRequest& request) {
  const auto mismatch = [&](std::string_view header) {
    return Error(400, request.id_json, mcp::code::kHeaderMismatch,
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

std::string TextContent(std::string_view text) {
  return R"("content":[{"type":"text","text":)" + Quoted(text) + "}]";
}

std::string Show(double number) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

// The members of the result of a call; nothing for an unknown tool.
std::optional<std::string> Call(const SampleRequest& request) {
  const std::string wrong = R"(,"isError":true)";
  if (request.tool == "echo") {
    if (!request.message) return TextContent("message must be a string") + wrong;
    return TextContent("Echo: " + *request.message);
  }
  if (request.tool == "add") {
    if (!request.a || !request.b) return TextContent("a and b must be numbers") + wrong;
    const std::string sum = Show(*request.a + *request.b);
    return TextContent(sum) + R"(,"structuredContent":{"sum":)" + sum + "}";
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
  if (path == "/health") return Plain(200, "ok");
  if (path != "/mcp") return Plain(404, "not found; the endpoint is /mcp");
  if (IsForeignOrigin(HeaderOf(request, "Origin"))) return Plain(403, "foreign Origin");
  if (request.method() == http::verb::post) return Post(request);
  if (options_.legacy && request.method() == http::verb::delete_) return Delete(request);
  return NotAllowed(options_.legacy ? "POST, DELETE" : "POST");
}

Answer SampleMcp::Post(const HttpRequest& http) {
  const std::string_view accept = HeaderOf(http, "Accept");
  if (accept.find(kJson) == std::string_view::npos ||
      accept.find("text/event-stream") == std::string_view::npos) {
    return Error(406, "", kServerError, "Accept must list application/json and text/event-stream");
  }
  if (!HeaderOf(http, "Content-Type").starts_with(kJson)) {
    return Error(415, "", kServerError, "Content-Type must be application/json");
  }
  const auto request = ReadSampleRequest(http.body());
  if (!request) return Error(400, "", kParseError, "Parse error");
  const std::string_view version = HeaderOf(http, mcp::kProtocolVersionHeader);
  const bool is_modern = !request->meta_version.empty() ||
                         !HeaderOf(http, mcp::kMethodHeader).empty() || version == "2026-07-28";
  if (options_.modern && is_modern) return Modern(http, *request);
  if (options_.legacy) return Legacy(http, *request);
  return Unsupported(*request, version.empty() ? request->protocol_version : version);
}

Answer SampleMcp::Modern(const HttpRequest& http, const SampleRequest& request) const {
  if (request.meta_version.empty()) {
    return Error(400, request.id_json, mcp::code::kInvalidParams,
                 "params._meta must name the protocol version");
  }
  if (auto mismatch = HeaderMismatch(http, request)) return std::move(*mismatch);
  if (request.meta_version != "2026-07-28") return Unsupported(request, request.meta_version);
  if (request.id_json.empty()) return Answer{202, "", "", "", ""};
  const std::string meta = R"("_meta":{"io.modelcontextprotocol/serverInfo":)" + kServerInfo + "}";
  const std::string complete = R"("resultType":"complete",)" + meta;
  const std::string cached = R"(,"ttlMs":60000,"cacheScope":"public",)" + complete;
  if (request.method == "server/discover") {
    return Result(request,
                  R"("supportedVersions":["2026-07-28"],"capabilities":{"tools":{}})" + cached);
  }
  if (request.method == "tools/list") return Result(request, kTools + cached);
  if (request.method == "tools/call") {
    if (auto called = Call(request)) return Result(request, *called + "," + complete);
    return Error(400, request.id_json, mcp::code::kInvalidParams, "Unknown tool: " + request.tool);
  }
  return Error(404, request.id_json, mcp::code::kMethodNotFound, "Method not found");
}

Answer SampleMcp::Legacy(const HttpRequest& http, const SampleRequest& request) {
  const std::string_view version = HeaderOf(http, mcp::kProtocolVersionHeader);
  if (!version.empty() && !SpeaksStreamableHttp(mcp::ParseVersion(version))) {
    return Error(400, request.id_json, kServerError, "Unsupported protocol version");
  }
  if (request.method == "initialize") return Initialize(request);
  if (Answer wrong = CheckSession(http, request.id_json); wrong.status != 200) return wrong;
  if (request.id_json.empty() || request.method.empty()) return Answer{202, "", "", "", ""};
  if (request.method == "ping") return Result(request, "");
  if (request.method == "tools/list") return Result(request, kTools);
  if (request.method == "tools/call") {
    if (auto called = Call(request)) return Result(request, *called);
    return Error(200, request.id_json, mcp::code::kInvalidParams, "Unknown tool: " + request.tool);
  }
  return Error(200, request.id_json, mcp::code::kMethodNotFound, "Method not found");
}

Answer SampleMcp::Initialize(const SampleRequest& request) {
  if (sessions_.size() >= kMaxSessions) {
    return Error(503, request.id_json, kServerError, "Too many sessions");
  }
  auto version = mcp::ParseVersion(request.protocol_version);
  if (!SpeaksStreamableHttp(version)) version = mcp::kNewestLegacy;
  std::string result = R"("protocolVersion":")" + std::string(mcp::ToString(*version));
  result += R"(","capabilities":{"tools":{}},"serverInfo":)" + kServerInfo;
  Answer answer = Result(request, std::move(result));
  answer.session = NewSessionId();
  sessions_.insert(answer.session);
  ++opened_;
  return answer;
}

Answer SampleMcp::CheckSession(const HttpRequest& http, const std::string& id_json) const {
  const std::string session(HeaderOf(http, mcp::kSessionIdHeader));
  if (session.empty()) return Error(400, id_json, kServerError, "Missing session ID");
  if (!sessions_.contains(session)) {
    return Error(404, id_json, kSessionNotFound, "Session not found");
  }
  return {};
}

Answer SampleMcp::Delete(const HttpRequest& http) {
  if (Answer wrong = CheckSession(http, ""); wrong.status != 200) return wrong;
  sessions_.erase(std::string(HeaderOf(http, mcp::kSessionIdHeader)));
  ++closed_;
  return {};
}

Answer SampleMcp::Result(const SampleRequest& request, std::string result) const {
  Answer answer;
  answer.content_type = options_.sse ? "text/event-stream" : kJson;
  std::string& body = answer.body;
  body.reserve(result.size() + 96);
  if (options_.sse) body += "event: message\ndata: ";
  body += R"({"jsonrpc":"2.0","id":)";
  body += request.id_json;
  body += R"(,"result":{)";
  body += result;
  body += "}}";
  if (options_.sse) body += "\n\n";
  return answer;
}

}  // namespace mcp_vitals::app
