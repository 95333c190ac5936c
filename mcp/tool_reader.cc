#include "mcp/tool_reader.h"

#include <algorithm>
#include <utility>

#include "mcp/headers.h"
#include "mcp/json_pointer.h"

namespace mcp_vitals::mcp {

namespace {

// Bounds what a tool's header parameters may take, each counted with its strings and their pair.
constexpr std::size_t kMaxHeaderBytes = 4096;

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// JSON Schema's keywords whose value holds schemas by name, and those whose value is no schema.
constexpr std::string_view kSchemasByName[] = {"properties", "patternProperties",
                                               "dependentSchemas", "$defs", "definitions"};
constexpr std::string_view kDataKeywords[] = {"default", "const", "enum", "examples"};
// What a header may mirror. `number` is left out by the revision: its texts differ from one
// language to the next.
constexpr std::string_view kPrimitives[] = {"string", "integer", "boolean"};

}  // namespace

ToolReader::Place ToolReader::PlaceOf(Place parent, std::string_view key) {
  switch (parent) {
    case Place::kTool:
      if (key == "name") return Place::kName;
      if (key == "inputSchema") return Place::kSchema;
      return key == "_meta" ? Place::kMeta : Place::kData;
    case Place::kSchema:
      if (key == "type") return Place::kType;
      if (key == "properties") return Place::kProperties;
      if (key == "x-mcp-header") return Place::kHeader;
      [[fallthrough]];
    case Place::kSubschema:
      if (key == "x-mcp-header") return Place::kStrayHeader;
      if (IsOneOf(key, kSchemasByName)) return Place::kSubschemas;
      return IsOneOf(key, kDataKeywords) ? Place::kData : Place::kSubschema;
    case Place::kProperties:
      return Place::kSchema;
    case Place::kSubschemas:
      return Place::kSubschema;
    case Place::kMeta:
      return Place::kMeta;
    default:
      return Place::kData;
  }
}

ToolReader::Place ToolReader::ElementOf(Place array) {
  return array == Place::kSubschema || array == Place::kMeta ? array : Place::kData;
}

bool ToolReader::OnKey(std::string_view key) {
  Frame& frame = frames_.top();
  frame.next = PlaceOf(frame.place, key);
  if (frame.place == Place::kProperties) {
    path_.resize(frame.path_length);
    AppendPointerToken(path_, key);
  }
  if (frame.next != Place::kMeta) digest_.OnKey(key);
  return true;
}

bool ToolReader::OnScalar(JsonType type, std::string_view text) {
  const Place place = frames_.top().next;
  if (place == Place::kMeta) return true;
  digest_.OnScalar(type, text);
  const bool is_string = type == JsonType::kString;
  switch (place) {
    case Place::kName:
      if (!is_string) return Fail(Error::kWrongShape);
      if (text.size() > kMaxNameBytes) return Fail(Error::kTooLarge);
      tool_.name = text;
      has_name_ = true;
      return true;
    case Place::kType:
      schemas_.back().is_primitive = is_string && IsOneOf(text, kPrimitives);
      return true;
    case Place::kHeader:
      schemas_.back().header = is_string && text.size() <= kMaxNameBytes ? text : "";
      return true;
    case Place::kStrayHeader:
      tool_.headers_valid = false;
      return true;
    default:
      return true;
  }
}

bool ToolReader::OnStart(JsonType type) {
  if (frames_.empty()) Begin();
  const bool is_object = type == JsonType::kObject;
  Place place = frames_.empty() ? Place::kTool : frames_.top().next;
  if (place != Place::kMeta) digest_.OnStart(type);
  switch (place) {
    case Place::kName:
      return Fail(Error::kWrongShape);
    case Place::kSchema:
      if (frames_.size() == 1) ForgetHeaders();
      if (is_object) {
        schemas_.emplace_back();
      } else {
        place = Place::kData;
      }
      break;
    case Place::kHeader:
    case Place::kStrayHeader:
      tool_.headers_valid = false;
      [[fallthrough]];
    case Place::kType:
      place = Place::kData;
      break;
    case Place::kProperties:
    case Place::kSubschemas:
      if (!is_object) place = Place::kData;
      break;
    default:
      break;
  }
  frames_.push({place, ElementOf(place), path_.size()});
  return true;
}

bool ToolReader::OnEnd() {
  const Frame frame = frames_.pop();
  if (frame.place != Place::kMeta) digest_.OnEnd();
  if (frame.place == Place::kSchema) {
    path_.resize(frame.path_length);
    Finish(schemas_.back());
    schemas_.pop_back();
  }
  if (!frames_.empty()) return true;
  if (!has_name_) return Fail(Error::kWrongShape);
  tool_.digest = digest_.digest();
  if (!tool_.headers_valid) tool_.header_params.clear();
  return true;
}

void ToolReader::Begin() {
  tool_ = Tool{};
  has_name_ = false;
  ForgetHeaders();
}

void ToolReader::ForgetHeaders() {
  tool_.header_params.clear();
  tool_.headers_valid = true;
  header_bytes_ = 0;
  schemas_.clear();
  path_.clear();
}

// The rules of 2026-07-28 for an annotated property.
void ToolReader::Finish(Schema& schema) {
  if (!schema.header || !tool_.headers_valid) return;
  const auto same_name = [&](const auto& param) {
    return EqualHeaderNames(param.second, *schema.header);
  };
  header_bytes_ += path_.size() + schema.header->size() + sizeof(tool_.header_params[0]);
  tool_.headers_valid =
      !path_.empty() && schema.is_primitive && IsHeaderName(*schema.header) &&
      header_bytes_ <= kMaxHeaderBytes &&
      std::none_of(tool_.header_params.begin(), tool_.header_params.end(), same_name);
  if (tool_.headers_valid) tool_.header_params.emplace_back(path_, std::move(*schema.header));
}

bool ToolReader::Fail(Error error) {
  error_ = error;
  return false;
}

}  // namespace mcp_vitals::mcp
