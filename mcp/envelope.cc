#include "mcp/envelope.h"

#include <xxhash.h>

#include "mcp/integer.h"
#include "mcp/json_reader.h"
#include "mcp/message.h"
#include "mcp/tool_reader.h"

namespace mcp_vitals::mcp {
namespace {

enum class Place : std::uint8_t {
  kIgnored,
  kBatch,
  kMessage,
  kId,
  kMethod,
  kParams,
  kName,
  kRequestId,
  kVersion,
  kMeta,
  kTraceparent,
  kResult,
  kIsError,
  kTools,
  kTool,
  kToolName,
  kError,
  kErrorCode,
  kErrorMessage,
};

Place InMessage(std::string_view key) {
  if (key == "id") return Place::kId;
  if (key == "method") return Place::kMethod;
  if (key == "params") return Place::kParams;
  if (key == "result") return Place::kResult;
  if (key == "error") return Place::kError;
  return Place::kIgnored;
}

Place InParams(std::string_view key) {
  if (key == "name") return Place::kName;
  if (key == "_meta") return Place::kMeta;
  if (key == "requestId") return Place::kRequestId;
  if (key == "protocolVersion") return Place::kVersion;
  return Place::kIgnored;
}

Place InResult(std::string_view key) {
  if (key == "isError") return Place::kIsError;
  if (key == "tools") return Place::kTools;
  if (key == "protocolVersion") return Place::kVersion;
  return Place::kIgnored;
}

Place InError(std::string_view key) {
  if (key == "code") return Place::kErrorCode;
  return key == "message" ? Place::kErrorMessage : Place::kIgnored;
}

Place PlaceOf(Place parent, std::string_view key) {
  switch (parent) {
    case Place::kMessage:
      return InMessage(key);
    case Place::kParams:
      return InParams(key);
    case Place::kMeta:
      return key == "traceparent" ? Place::kTraceparent : Place::kIgnored;
    case Place::kResult:
      return InResult(key);
    case Place::kTool:
      return key == "name" ? Place::kToolName : Place::kIgnored;
    case Place::kError:
      return InError(key);
    default:
      return Place::kIgnored;
  }
}

bool IsObject(Place place) {
  return place == Place::kMessage || place == Place::kParams || place == Place::kMeta ||
         place == Place::kResult || place == Place::kTool || place == Place::kError;
}

RpcId IdOf(JsonType type, std::string_view text) {
  if (type != JsonType::kString && type != JsonType::kNumber) return 0;
  const RpcId id = XXH3_64bits_withSeed(text.data(), text.size(), static_cast<XXH64_hash_t>(type));
  return id == 0 ? 1 : id;
}

class Reader final : public JsonHandler {
 public:
  Reader(Envelope& envelope, const std::function<void(const Envelope&)>& visit)
      : envelope_(envelope), visit_(visit) {}

  bool OnKey(std::string_view key) override {
    frames_.top().next = PlaceOf(frames_.top().place, key);
    return true;
  }
  bool OnScalar(JsonType type, std::string_view text) override {
    if (frames_.empty()) return true;
    const Place place = frames_.top().next;
    if (place != Place::kIgnored) Assign(place, type, text);
    return true;
  }
  bool OnStart(JsonType type) override {
    // Of whatever type: a result it is.
    if (!frames_.empty() && frames_.top().next == Place::kResult) has_result_ = true;
    const Place place = Opened(type);
    frames_.push({place, ElementOf(place)});
    if (place == Place::kMessage) Begin();
    if (place == Place::kError) has_error_ = true;
    return true;
  }
  bool OnEnd() override {
    if (frames_.pop().place == Place::kMessage) End();
    return true;
  }

 private:
  struct Frame {
    Place place;
    Place next;  // of the value that comes next
  };

  static Place ElementOf(Place place) {
    if (place == Place::kBatch) return Place::kMessage;
    return place == Place::kTools ? Place::kTool : Place::kIgnored;
  }

  Place Opened(JsonType type) {
    if (frames_.empty()) return type == JsonType::kArray ? Place::kBatch : Place::kMessage;
    const Place place = frames_.top().next;
    const bool fits = type == JsonType::kArray ? place == Place::kTools : IsObject(place);
    return fits ? place : Place::kIgnored;
  }

  void Begin() {
    envelope_.Clear();
    has_result_ = has_error_ = false;
  }

  void End() {
    using Kind = Envelope::Kind;
    if (!envelope_.method.empty()) {
      envelope_.kind = envelope_.id != 0 ? Kind::kRequest : Kind::kNotification;
    } else if (has_error_) {
      envelope_.kind = Kind::kError;
    } else if (has_result_) {
      envelope_.kind = Kind::kResult;
    }
    visit_(envelope_);
  }

  static bool IsName(JsonType type, std::string_view text) {
    return type == JsonType::kString && text.size() <= kMaxNameBytes;
  }
  static void Keep(std::string& field, JsonType type, std::string_view text) {
    if (IsName(type, text)) field = text;
  }

  void Assign(Place place, JsonType type, std::string_view text) {
    switch (place) {
      case Place::kId:
        envelope_.id = IdOf(type, text);
        break;
      case Place::kMethod:
        Keep(envelope_.method, type, text);
        break;
      case Place::kName:
        Keep(envelope_.name, type, text);
        break;
      case Place::kVersion:
        Keep(envelope_.protocol_version, type, text);
        break;
      case Place::kTraceparent:
        Keep(envelope_.traceparent, type, text);
        break;
      case Place::kRequestId:
        envelope_.cancelled_id = IdOf(type, text);
        break;
      case Place::kResult:
        has_result_ = true;
        break;
      case Place::kIsError:
        envelope_.is_error = type == JsonType::kBoolean && text == "true";
        break;
      case Place::kErrorCode:
        if (type == JsonType::kNumber) {
          envelope_.error_code = ParseInteger<std::int64_t>(text).value_or(0);
        }
        break;
      case Place::kErrorMessage:
        Keep(envelope_.error_message, type, text);
        break;
      case Place::kToolName:
        if (IsName(type, text) && envelope_.tools.size() < kMaxTools) {
          envelope_.tools.emplace_back(text);
        }
        break;
      default:
        break;
    }
  }

  Envelope& envelope_;
  const std::function<void(const Envelope&)>& visit_;
  JsonStack<Frame> frames_;
  bool has_result_ = false;
  bool has_error_ = false;
};

}  // namespace

void Envelope::Clear() {
  kind = Kind::kOther;
  id = 0;
  method.clear();
  name.clear();
  cancelled_id.reset();
  traceparent.clear();
  protocol_version.clear();
  error_code = 0;
  error_message.clear();
  is_error = false;
  tools.clear();
}

Result<void> EnvelopeReader::Read(std::string_view document,
                                  const std::function<void(const Envelope&)>& visit) {
  Reader reader(envelope_, visit);
  const auto read = ReadJson(document, reader);
  if (!read) return read.error();
  return {};
}

}  // namespace mcp_vitals::mcp
