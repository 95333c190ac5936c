#include "mcp/definitions.h"

#include <utility>

#include "mcp/json_reader.h"
#include "mcp/json_writer.h"

namespace mcp_vitals::mcp {

namespace {

class Copier final : public JsonHandler {
 public:
  std::string Take() { return std::move(out_); }

  bool OnKey(std::string_view key) override {
    Frame& frame = frames_.top();
    if (frame.place == Place::kDefinition) {
      Separate(frame);
      AppendJsonString(out_, key);
      out_ += ':';
    } else if (frame.place == Place::kMessage) {
      frame.next = key == "result" ? Place::kResult : Place::kElsewhere;
    } else if (frame.place == Place::kResult) {
      frame.next = key == "tools" ? Place::kTools : Place::kElsewhere;
    }
    return true;
  }

  bool OnScalar(JsonType type, std::string_view text) override {
    if (Enter(type) != Place::kDefinition) return true;
    type == JsonType::kString ? AppendJsonString(out_, text) : void(out_ += text);
    return true;
  }

  bool OnStart(JsonType type) override {
    const Place place = Enter(type);
    const bool is_array = type == JsonType::kArray;
    if (place == Place::kDefinition) out_ += is_array ? '[' : '{';
    if (place == Place::kTools)
      out_.clear();  // of several members of that name the last one counts
    frames_.push({place, is_array});
    return true;
  }

  bool OnEnd() override {
    const Frame frame = frames_.pop();
    if (frame.place == Place::kDefinition) out_ += frame.is_array ? ']' : '}';
    return true;
  }

 private:
  enum class Place { kElsewhere, kBatch, kMessage, kResult, kTools, kDefinition };
  struct Frame {
    Place place = Place::kElsewhere;
    bool is_array = false;
    Place next = Place::kElsewhere;  // of the member whose key was just read
    bool has_values = false;
  };

  // The place of the value that now begins.
  Place Enter(JsonType type) {
    if (frames_.empty()) return type == JsonType::kArray ? Place::kBatch : Place::kMessage;
    Frame& parent = frames_.top();
    switch (parent.place) {
      case Place::kBatch:
        return Place::kMessage;
      case Place::kTools:
      case Place::kDefinition:
        if (parent.is_array) Separate(parent);
        return Place::kDefinition;
      default:
        return parent.next == Place::kTools && type != JsonType::kArray ? Place::kElsewhere
                                                                        : parent.next;
    }
  }

  void Separate(Frame& frame) {
    if (std::exchange(frame.has_values, true)) out_ += ',';
  }

  JsonStack<Frame> frames_;
  std::string out_;
};

}  // namespace

Result<std::string> CopyDefinitions(std::string_view message) {
  Copier copier;
  const Result<bool> read = ReadJson(message, copier);
  if (!read) return read.error();
  return copier.Take();
}

}  // namespace mcp_vitals::mcp
