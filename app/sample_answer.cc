#include "app/sample_answer.h"

#include "mcp/json_writer.h"

namespace mcp_vitals::app {

SampleAnswer StatusAnswer(int status) {
  SampleAnswer answer;
  answer.status = status;
  return answer;
}

SampleAnswer PlainAnswer(int status, std::string_view text) {
  SampleAnswer answer;
  answer.status = status;
  answer.content_type = "text/plain";
  answer.body = text;
  return answer;
}

SampleAnswer NotAllowedAnswer(std::string_view allow) {
  SampleAnswer answer = PlainAnswer(405, "method not allowed");
  answer.allow = allow;
  return answer;
}

SampleAnswer ErrorAnswer(int status, std::string_view id_json, std::int64_t code,
                         std::string_view message, std::string_view data) {
  SampleAnswer answer;
  answer.status = status;
  answer.content_type = "application/json";
  answer.body = R"({"jsonrpc":"2.0","id":)";
  answer.body += id_json.empty() ? "null" : id_json;
  answer.body += R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":)";
  mcp::AppendJsonString(answer.body, message);
  if (!data.empty()) (answer.body += R"(,"data":)") += data;
  answer.body += "}}";
  return answer;
}

}  // namespace mcp_vitals::app
