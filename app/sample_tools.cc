#include "app/sample_tools.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

using std::chrono::milliseconds;

constexpr double kMaxWait = 60;  // seconds
constexpr int kReports = 4;      // of progress, in one call

std::string TextContent(std::string_view text) {
  std::string content = R"("content":[{"type":"text","text":)";
  mcp::AppendJsonString(content, text);
  return content += "}]";
}

std::string Wrong(std::string_view text) { return TextContent(text) + R"(,"isError":true)"; }

std::string Show(double number) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string Progress(const std::string& token_json, int done) {
  return SseEvent(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{)"
                  R"("progressToken":)" +
                  token_json + R"(,"progress":)" + std::to_string(done) + R"(,"total":)" +
                  std::to_string(kReports) + "}}");
}

}  // namespace

const char kSampleTools[] =
    R"("tools":[{"name":"echo","description":"Says what it was told","inputSchema":{"type":"object",)"
    R"("properties":{"message":{"type":"string"}},"required":["message"]}},)"
    R"({"name":"add","description":"Adds two numbers","inputSchema":{"type":"object",)"
    R"("properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]},)"
    R"("outputSchema":{"type":"object","properties":{"sum":{"type":"number"}},)"
    R"("required":["sum"]}},)"
    R"({"name":"wait","description":"Waits, and reports its progress","inputSchema":{)"
    R"("type":"object","properties":{"seconds":{"type":"number","minimum":0,"maximum":60}},)"
    R"("required":["seconds"]}}])";

std::optional<std::string> CallSampleTool(const SampleRequest& request) {
  if (request.tool == "echo") {
    if (!request.message) return Wrong("message must be a string");
    return TextContent("Echo: " + *request.message);
  }
  if (request.tool == "add") {
    if (!request.a || !request.b) return Wrong("a and b must be numbers");
    const std::string sum = Show(*request.a + *request.b);
    return TextContent(sum) + R"(,"structuredContent":{"sum":)" + sum + "}";
  }
  // With the right arguments it is answered by a stream.
  if (request.tool == "wait") return Wrong("seconds must be a number from 0 to 60");
  return std::nullopt;
}

std::optional<milliseconds> WaitOf(const SampleRequest& request) {
  if (request.tool != "wait" || !request.seconds) return std::nullopt;
  if (*request.seconds < 0 || *request.seconds > kMaxWait) return std::nullopt;
  return milliseconds(std::lround(*request.seconds * 1000));
}

SampleStream WaitStream(const SampleRequest& request, milliseconds wait, std::string more) {
  SampleStream stream;
  stream.id_json = request.id_json;
  std::string result = SseEvent(
      ResultJson(request.id_json, TextContent("Waited " + Show(*request.seconds) + " s") + more));
  // A client that has given no token wants no reports.
  const int reports = request.progress_token_json.empty() ? 0 : kReports;
  stream.next = [step = 0, reports, part = wait / kReports, wait,
                 token = request.progress_token_json, result = std::move(result)]() mutable {
    ++step;
    if (step <= reports) return SampleStep{part, Progress(token, step), false};
    return SampleStep{reports == 0 ? wait : milliseconds(0), std::move(result), true};
  };
  return stream;
}

std::string ResultJson(const std::string& id_json, const std::string& members) {
  std::string json;
  json.reserve(id_json.size() + members.size() + 48);
  json += R"({"jsonrpc":"2.0","id":)";
  json += id_json;
  json += R"(,"result":{)";
  json += members;
  return json += "}}";
}

}  // namespace mcp_vitals::app
