#include "app/sample_request.h"

#include <charconv>

#include "mcp/json_pointer.h"
#include "mcp/json_reader.h"
#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

using mcp::JsonType;

// Knows where it is as a JSON pointer, and keeps what stands at the places that matter.
class Reader final : public mcp::JsonHandler {
 public:
  bool OnKey(std::string_view key) override {
    path_.resize(ends_.top());
    mcp::AppendPointerToken(path_, key);
    return true;
  }
  bool OnScalar(JsonType type, std::string_view text) override {
    if (ends_.empty()) return false;
    if (path_ == "/jsonrpc") is_version_2_ = text == "2.0";
    if (path_ == "/id") SetId(request_.id_json, type, text);
    if (path_ == "/params/arguments/a") request_.a = Number(type, text);
    if (path_ == "/params/arguments/b") request_.b = Number(type, text);
    if (path_ == "/params/arguments/seconds") request_.seconds = Number(type, text);
    if (path_ == "/params/requestId") SetId(request_.cancelled_json, type, text);
    if (path_ == "/params/_meta/progressToken") SetId(request_.progress_token_json, type, text);
    if (path_ == "/params/notifications/toolsListChanged") {
      request_.wants_tools_changed = type == JsonType::kBoolean && text == "true";
    }
    if (type == JsonType::kString) OnString(text);
    return true;
  }
  bool OnStart(JsonType type) override {
    if (ends_.empty() && type != JsonType::kObject) return false;
    if (type == JsonType::kObject && path_ == "/params/notifications") request_.has_filter = true;
    // An element has no name of its own, and no place of interest is inside an array.
    if (type == JsonType::kArray) path_ += "/-";
    ends_.push(path_.size());
    return true;
  }
  bool OnEnd() override {
    path_.resize(ends_.pop());
    return true;
  }

  std::optional<SampleRequest> Take() {
    if (!is_version_2_) return std::nullopt;
    return std::move(request_);
  }

 private:
  static std::optional<double> Number(JsonType type, std::string_view text) {
    double number = 0;
    if (type != JsonType::kNumber) return std::nullopt;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
    return error == std::errc{} ? std::optional(number) : std::nullopt;
  }
  // Ids and tokens are numbers or strings, and are given back as they came.
  static void SetId(std::string& json, JsonType type, std::string_view text) {
    if (type == JsonType::kNumber) json = text;
    if (type == JsonType::kString) mcp::AppendJsonString(json = "", text);
  }
  void OnString(std::string_view text) {
    if (path_ == "/method") request_.method = text;
    if (path_ == "/params/name") request_.tool = text;
    if (path_ == "/params/protocolVersion") request_.protocol_version = text;
    if (path_ == "/params/_meta/io.modelcontextprotocol~1protocolVersion") {
      request_.meta_version = text;
    }
    if (path_ == "/params/arguments/message") request_.message = text;
    if (path_ == "/params/level") request_.log_level = text;
  }

  std::string path_;
  mcp::JsonStack<std::size_t> ends_;  // of the path of each open container
  bool is_version_2_ = false;
  SampleRequest request_;
};

}  // namespace

std::optional<SampleRequest> ReadSampleRequest(std::string_view body) {
  Reader reader;
  const auto read = mcp::ReadJson(body, reader);
  if (!read || !*read) return std::nullopt;
  return reader.Take();
}

}  // namespace mcp_vitals::app
