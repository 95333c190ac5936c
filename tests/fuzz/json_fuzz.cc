#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mcp/headers.h"
#include "mcp/json_pointer.h"
#include "mcp/json_writer.h"
#include "mcp/message.h"
#include "mcp/utf8.h"
#include "tests/fuzz/require.h"

// Foreign bytes as an answer, as a manifest, as the arguments of a call and as a pointer.
namespace mcp_vitals::mcp {
namespace {

using fuzz::Require;

const Implementation kClient{"fuzz", "0"};

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void CheckTool(const Tool& tool, std::string_view arguments) {
  Require(tool.name.size() <= 1024 && IsUtf8(tool.name), "a tool's name is short text");
  Require(tool.headers_valid || tool.header_params.empty(), "a refused tool has no headers");
  for (const auto& [pointer, name] : tool.header_params) {
    Require(IsJsonPointer(pointer) && IsHeaderName(name), "a parameter has a place and a name");
  }
  for (const auto& [name, value] : ParamHeaders(tool, arguments)) {
    Require(IsHeaderName(name), "a header's name is a token");
    for (char c : value) Require(c >= 0x20 && c < 0x7F, "a header's value is printable");
    Require(DecodeHeaderValue(value).has_value(), "a header's value can be decoded");
  }
}

void CheckMessage(const Message& message, std::string_view document) {
  Require(message.error.message.size() <= 512 && IsUtf8(message.error.message),
          "an error's message is short text");
  std::size_t text = 0;
  for (const ToolContent& content : message.content) {
    Require(IsUtf8(content.text), "content is text");
    text += content.text.size();
  }
  Require(text <= 65'536, "texts are bounded");
  if (message.tools) {
    for (const Tool& tool : *message.tools) CheckTool(tool, document);
    Require(Compare(*message.tools, *message.tools).empty(), "a list is like itself");
  }
  if (message.kind == Message::Kind::kRequest) {
    Require(ParseMessages(ReplyToServerRequest(message.id_json, message.method)).has_value(),
            "a request can be answered");
  }
  if (message.next_cursor) {
    const std::string request = ToolsListRequest(1, kNewest, kClient, *message.next_cursor);
    const auto cursor = FindJson(request, "/params/cursor");
    Require(cursor && *cursor && (*cursor)->scalar == *message.next_cursor,
            "a cursor is sent back as it came");
  }
}

void CheckMessages(std::string_view document) {
  const Result<std::vector<Message>> messages = ParseMessages(document);
  const Result<std::vector<Message>> again = ParseMessages(std::string(document) + "\n");
  Require(messages.has_value() == again.has_value(), "white space behind a document is nothing");
  if (!messages) {
    Require(messages.error() == again.error(), "an error is the same again");
    return;
  }
  Require(!messages->empty() && messages->size() == again->size(), "there are messages");
  Require(FindJson(document, "").has_value(), "what has messages is JSON");
  Require(ParseMessages(std::string(document) + "x").has_error(), "nothing follows a document");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const Message& message = (*messages)[i];
    CheckMessage(message, document);
    Require(message.id_json == (*again)[i].id_json && message.kind == (*again)[i].kind,
            "a message is the same again");
    if (message.tools) {
      Require(ManifestDigest(*message.tools) == ManifestDigest(*(*again)[i].tools),
              "a digest is the same again");
    }
  }
}

void CheckManifest(std::string_view document) {
  const Result<std::vector<Tool>> tools = ParseManifest(document);
  if (!tools) return;
  Require(FindJson(document, "").has_value(), "a manifest is JSON");
  const std::string message =
      R"({"jsonrpc":"2.0","id":1,"result":{"tools":)" + std::string(document) + "}}";
  const auto sent = ParseMessages(message);  // the same, if it is the array form
  if (sent && sent->front().tools) {
    Require(Compare(*tools, *sent->front().tools).empty(), "a manifest is like what it is made of");
  }
}

// The first line as a pointer into the rest.
void CheckPointer(std::string_view input) {
  const std::string_view pointer = input.substr(0, input.find('\n'));
  const std::string_view document = input.substr(std::min(pointer.size() + 1, input.size()));
  const auto found = FindJson(document, pointer);
  const auto whole = FindJson(document, "");
  Require(found.has_value() == (whole.has_value() && IsJsonPointer(pointer)),
          "an error does not depend on the pointer");
}

void CheckWriting(std::string_view bytes) {
  std::string quoted;
  AppendJsonString(quoted, bytes);
  const auto read = FindJson(quoted, "");
  Require(read && *read && (*read)->type == JsonType::kString, "any bytes make a string");
  if (IsUtf8(bytes)) {
    Require((*read)->length == bytes.size() && bytes.starts_with((*read)->scalar),
            "text is read as it was written");
  }
  Require(DecodeHeaderValue(EncodeHeaderValue(bytes)) == bytes, "any bytes pass in a header");
}

}  // namespace
}  // namespace mcp_vitals::mcp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mcp_vitals::mcp;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  CheckMessages(input);
  CheckManifest(input);
  CheckPointer(input);
  CheckWriting(input);
  return 0;
}
