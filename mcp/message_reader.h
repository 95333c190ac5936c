#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/json_reader.h"
#include "mcp/message.h"
#include "mcp/message_place.h"
#include "mcp/tool_reader.h"

namespace mcp_vitals::mcp {

// Extracts messages from one document while it is read. The rules and bounds stand at
// ParseMessages.
class MessageReader final : public JsonHandler {
 public:
  // What the document is: messages, or the result of `tools/list` (or its array of tools) alone,
  // which is read as one message.
  enum class Document { kMessages, kToolList };
  explicit MessageReader(Document document) : document_(document) {}

  bool OnKey(std::string_view key) override;
  bool OnScalar(JsonType type, std::string_view text) override;
  bool OnStart(JsonType type) override;
  bool OnEnd() override;

  Error error() const { return error_; }  // after a function returned false
  std::vector<Message> Take() { return std::move(messages_); }

 private:
  using Place = MessagePlace;
  struct Frame {
    Place place;
    Place next;  // of the value that comes next
  };

  Place RootPlace(JsonType type) const;
  bool Begin(Place place);
  bool Assign(Place place, std::string_view text, JsonType type);
  bool End(Place place);
  bool EndMessage();
  bool BeginMessage();
  void BeginResult();
  bool BeginTool();
  bool BeginContent();
  void EndContent();
  bool TakeTool();
  bool Keep(std::string& field, std::string_view text, std::size_t limit);
  bool KeepVersion(std::vector<std::string>& versions, std::string_view text);
  void KeepText(std::string_view text);
  bool Mismatch(Place place);
  bool Fail(Error error);
  Message& message() { return messages_.back(); }

  const Document document_;
  JsonStack<Frame> frames_;
  std::vector<Message> messages_;
  Error error_ = Error::kNotJsonRpc;

  ToolReader tool_;
  bool in_tool_ = false;

  // Of the message being read.
  bool is_version_2_ = false;
  bool has_method_ = false;
  bool has_result_ = false;
  bool has_error_ = false;
  bool has_code_ = false;
  // Of the content item being read.
  bool has_type_ = false;
  bool keep_item_ = false;
  // Of the whole document.
  std::size_t tools_ = 0;
  std::size_t items_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace mcp_vitals::mcp
