#include "mcp/message_reader.h"

#include <optional>

#include "mcp/integer.h"
#include "mcp/json_writer.h"
#include "mcp/utf8.h"

namespace mcp_vitals::mcp {

namespace {
constexpr std::size_t kMaxMessages = 1024;
constexpr std::size_t kMaxContentItems = 1000;
constexpr std::size_t kMaxVersions = 64;
constexpr std::size_t kMaxCursorBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxTextBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxErrorBytes = 512;
}  // namespace

MessagePlace MessageReader::RootPlace(JsonType type) const {
  const bool is_array = type == JsonType::kArray;
  if (document_ == Document::kMessages) return is_array ? Place::kBatch : Place::kMessage;
  return is_array ? Place::kTools : Place::kResult;
}

bool MessageReader::OnKey(std::string_view key) {
  if (in_tool_) return tool_.OnKey(key);
  Frame& frame = frames_.top();
  frame.next = frame.place == Place::kIgnored ? Place::kIgnored : PlaceOf(frame.place, key);
  return true;
}

bool MessageReader::OnScalar(JsonType type, std::string_view text) {
  if (in_tool_) return tool_.OnScalar(type, text) || Fail(tool_.error());
  if (frames_.empty()) return Mismatch(RootPlace(JsonType::kObject));
  const Frame& frame = frames_.top();
  if (frame.next == Place::kIgnored) return true;
  const bool is_element = TypeOf(frame.place) == JsonType::kArray;
  if (type == JsonType::kNull && !is_element) return true;
  const bool fits =
      type == TypeOf(frame.next) || (frame.next == Place::kId && type == JsonType::kNumber);
  return fits ? Assign(frame.next, text, type) : Mismatch(frame.next);
}

bool MessageReader::OnStart(JsonType type) {
  if (in_tool_) return tool_.OnStart(type) || Fail(tool_.error());
  Place place = frames_.empty() ? RootPlace(type) : frames_.top().next;
  if (place != Place::kIgnored && type != TypeOf(place)) {
    if (!Mismatch(place)) return false;
    place = Place::kIgnored;
  }
  if (place == Place::kTool) return BeginTool();
  if (frames_.empty() && document_ == Document::kToolList) messages_.emplace_back();
  frames_.push({place, ElementOf(place)});
  return Begin(place);
}

bool MessageReader::OnEnd() {
  if (in_tool_) {
    if (!tool_.OnEnd()) return Fail(tool_.error());
    return !tool_.done() || TakeTool();
  }
  return End(frames_.pop().place);
}

bool MessageReader::Begin(Place place) {
  switch (place) {
    case Place::kMessage:
      return BeginMessage();
    case Place::kError:
      has_error_ = true;
      has_code_ = false;
      message().error = {};
      return true;
    case Place::kErrorSupported:
      message().error.supported.clear();
      return true;
    case Place::kResult:
      BeginResult();
      return true;
    case Place::kServer:
      message().server.emplace();
      return true;
    case Place::kSupported:
      message().supported_versions.emplace();
      return true;
    case Place::kTools:
      message().tools.emplace();
      return true;
    case Place::kContent:
      message().has_content = true;
      message().content.clear();
      return true;
    case Place::kContentItem:
      return BeginContent();
    default:
      return true;
  }
}

bool MessageReader::Assign(Place place, std::string_view text, JsonType type) {
  switch (place) {
    case Place::kJsonRpc:
      is_version_2_ = text == "2.0";
      return true;
    case Place::kId:
      message().id_json.clear();
      if (type == JsonType::kNumber) return Keep(message().id_json, text, kMaxNameBytes);
      if (text.size() > kMaxNameBytes) return Fail(Error::kTooLarge);
      AppendJsonString(message().id_json, text);
      return true;
    case Place::kMethod:
      has_method_ = true;
      return Keep(message().method, text, kMaxNameBytes);
    case Place::kErrorCode: {
      const std::optional<std::int64_t> code = ParseInteger<std::int64_t>(text);
      has_code_ = code.has_value();
      message().error.code = code.value_or(0);
      return has_code_ || Fail(Error::kWrongShape);
    }
    case Place::kErrorMessage:
      message().error.message = Utf8Prefix(text, kMaxErrorBytes);
      return true;
    case Place::kErrorVersion:
      return KeepVersion(message().error.supported, text);
    case Place::kProtocolVersion:
      return Keep(message().protocol_version.emplace(), text, kMaxNameBytes);
    case Place::kServerName:
      return Keep(message().server->name, text, kMaxNameBytes);
    case Place::kServerVersion:
      return Keep(message().server->version, text, kMaxNameBytes);
    case Place::kSupportedVersion:
      return KeepVersion(*message().supported_versions, text);
    case Place::kResultType:
      return Keep(message().result_type, text, kMaxNameBytes);
    case Place::kNextCursor:
      return Keep(message().next_cursor.emplace(), text, kMaxCursorBytes);
    case Place::kIsError:
      message().is_error = text == "true";
      return true;
    case Place::kContentType:
      has_type_ = true;
      return !keep_item_ || Keep(message().content.back().type, text, kMaxNameBytes);
    case Place::kContentText:
      if (keep_item_) KeepText(text);
      return true;
    default:
      return true;
  }
}

bool MessageReader::End(Place place) {
  switch (place) {
    case Place::kBatch:
      return !messages_.empty() || Fail(Error::kNotJsonRpc);
    case Place::kMessage:
      return EndMessage();
    case Place::kError:
      return has_code_ || Fail(Error::kWrongShape);
    case Place::kContentItem:
      EndContent();
      return has_type_ || Fail(Error::kWrongShape);
    default:
      return true;
  }
}

bool MessageReader::BeginMessage() {
  if (messages_.size() == kMaxMessages) return Fail(Error::kTooLarge);
  messages_.emplace_back();
  is_version_2_ = has_method_ = has_result_ = has_error_ = false;
  return true;
}

bool MessageReader::EndMessage() {
  Message& m = message();
  const bool has_id = !m.id_json.empty();
  const int parts = int{has_method_} + int{has_result_} + int{has_error_};
  if (!is_version_2_ || parts != 1 || (has_result_ && !has_id)) return Fail(Error::kNotJsonRpc);
  m.kind = has_result_  ? Message::Kind::kResult
           : has_error_ ? Message::Kind::kError
           : has_id     ? Message::Kind::kRequest
                        : Message::Kind::kNotification;
  return true;
}

// Whatever an earlier member `result` held is forgotten. The rest of the message is its id alone,
// or it is no message.
void MessageReader::BeginResult() {
  has_result_ = true;
  Message fresh;
  fresh.id_json = std::move(message().id_json);
  message() = std::move(fresh);
}

bool MessageReader::BeginTool() {
  if (++tools_ > kMaxTools) return Fail(Error::kTooLarge);
  in_tool_ = true;
  return tool_.OnStart(JsonType::kObject);
}

bool MessageReader::TakeTool() {
  in_tool_ = false;
  message().tools->push_back(tool_.Take());
  return true;
}

bool MessageReader::BeginContent() {
  has_type_ = false;
  keep_item_ = ++items_ <= kMaxContentItems;
  if (keep_item_) message().content.emplace_back();
  return true;
}

// The type may come after the text.
void MessageReader::EndContent() {
  if (!keep_item_) return;
  ToolContent& item = message().content.back();
  if (item.type == "text") return;
  text_bytes_ -= item.text.size();
  item.text.clear();
}

bool MessageReader::Keep(std::string& field, std::string_view text, std::size_t limit) {
  if (text.size() > limit) return Fail(Error::kTooLarge);
  field = text;
  return true;
}

bool MessageReader::KeepVersion(std::vector<std::string>& versions, std::string_view text) {
  return versions.size() == kMaxVersions || Keep(versions.emplace_back(), text, kMaxNameBytes);
}

void MessageReader::KeepText(std::string_view text) {
  std::string& kept = message().content.back().text;
  text_bytes_ -= kept.size();
  kept = Utf8Prefix(text, kMaxTextBytes - text_bytes_);
  text_bytes_ += kept.size();
}

// A value whose type is not that of its place. What an error's `data` holds is free.
bool MessageReader::Mismatch(Place place) {
  switch (place) {
    case Place::kErrorData:
    case Place::kErrorSupported:
    case Place::kErrorVersion:
      return true;
    case Place::kMessage:
    case Place::kJsonRpc:
    case Place::kId:
    case Place::kMethod:
      return Fail(Error::kNotJsonRpc);
    default:
      return Fail(Error::kWrongShape);
  }
}

bool MessageReader::Fail(Error error) {
  error_ = error;
  return false;
}

Result<std::vector<Message>> ParseMessages(std::string_view bytes) {
  MessageReader reader(MessageReader::Document::kMessages);
  const Result<bool> read = ReadJson(bytes, reader);
  if (!read) return read.error();
  if (!*read) return reader.error();
  return reader.Take();
}

}  // namespace mcp_vitals::mcp
