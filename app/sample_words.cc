#include "app/sample_words.h"

#include <optional>
#include <utility>

#include "app/version.h"
#include "mcp/headers.h"
#include "mcp/json_pointer.h"
#include "mcp/sse_parser.h"

namespace mcp_vitals::app {

namespace {

constexpr std::string_view kBothTypes = "application/json, text/event-stream";

const std::string kClientInfo =
    std::string(R"({"name":"mcp-vitals-sample-user","version":")") + kVersion + R"("})";

net::HttpRequest Request(const SampleSpeaker& speaker, std::string_view http_method) {
  net::HttpRequest request;
  request.method = http_method;
  request.target = speaker.url.target;
  const auto add = [&](std::string_view name, std::string_view value) {
    request.headers.emplace_back(name, value);
  };
  add("Host", speaker.url.Authority());
  add("User-Agent", std::string("mcp-vitals-sample-user/") + kVersion);
  const bool is_modern = speaker.era == mcp::Era::kModern;
  if (!speaker.session.empty()) add(mcp::kSessionIdHeader, speaker.session);
  // The legacy era says its version once there is a session.
  if (is_modern || !speaker.session.empty()) {
    add(mcp::kProtocolVersionHeader, ToString(is_modern ? mcp::kNewest : mcp::kNewestLegacy));
  }
  return request;
}

std::optional<std::string> Find(std::string_view json, std::string_view pointer) {
  auto found = mcp::FindJson(json, pointer);
  if (!found || !*found) return std::nullopt;
  return std::move((*found)->scalar);
}

bool Answers(std::string_view json, int id) { return Find(json, "/id") == std::to_string(id); }

// Of the messages of a stream, the one that answers.
std::string FindAnswer(std::string_view stream, int id) {
  std::string answer;
  mcp::SseParser parser;
  const auto read = parser.Feed(stream, [&](const mcp::SseEvent& event) {
    if (Answers(event.data, id)) answer = event.data;
  });
  return read ? answer : "";
}

}  // namespace

net::HttpRequest PostRequest(const SampleSpeaker& speaker, int id, std::string_view method,
                             std::string params, std::string_view tool) {
  net::HttpRequest request = Request(speaker, "POST");
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", kBothTypes);
  // Who gives a token is told the progress.
  std::string meta = R"("progressToken":)" + std::to_string(id);
  if (speaker.era == mcp::Era::kModern) {
    request.headers.emplace_back(mcp::kMethodHeader, method);
    if (!tool.empty()) {
      request.headers.emplace_back(mcp::kNameHeader, mcp::EncodeHeaderValue(tool));
    }
    meta += R"(,"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
            R"("io.modelcontextprotocol/clientCapabilities":{},)"
            R"("io.modelcontextprotocol/clientInfo":)" +
            kClientInfo;
  } else if (method == "initialize") {
    params = R"("protocolVersion":"2025-11-25","capabilities":{},"clientInfo":)" + kClientInfo;
  }
  std::string& body = request.body;
  body = R"({"jsonrpc":"2.0",)";
  if (id != 0) body += R"("id":)" + std::to_string(id) + ",";
  ((body += R"("method":")") += method) += R"(","params":{)";
  body += params;
  if (id != 0) body += (params.empty() ? R"("_meta":{)" : R"(,"_meta":{)") + meta + "}";
  body += "}}";
  return request;
}

net::HttpRequest SessionRequest(const SampleSpeaker& speaker, std::string_view http_method) {
  net::HttpRequest request = Request(speaker, http_method);
  if (http_method == "GET") request.headers.emplace_back("Accept", "text/event-stream");
  return request;
}

SampleVerdict Judge(const net::HttpHead& head, std::string_view body, int id) {
  if (head.status == 404 && Find(body, "/error/code") == "-32001") {
    return SampleVerdict::kSessionLost;
  }
  const bool is_stream = head.Find("Content-Type").starts_with("text/event-stream");
  const std::string answer = is_stream ? FindAnswer(body, id) : std::string(body);
  if (!Answers(answer, id)) return SampleVerdict::kNoAnswer;
  if (Find(answer, "/error/code")) return SampleVerdict::kRpcError;
  const bool is_error = Find(answer, "/result/isError") == "true";
  return is_error ? SampleVerdict::kToolError : SampleVerdict::kSucceeded;
}

}  // namespace mcp_vitals::app
