#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/digest.h"
#include "mcp/json_reader.h"
#include "mcp/manifest.h"

namespace mcp_vitals::mcp {

inline constexpr std::size_t kMaxNameBytes = 1024;  // of a tool, a server, a version, …

// Reads one tool's definition, from its `{` to its `}`, in one pass: name, digest, and what its
// input schema says about headers. Used again for the next tool.
class ToolReader final : public JsonHandler {
 public:
  bool OnKey(std::string_view key) override;
  bool OnScalar(JsonType type, std::string_view text) override;
  bool OnStart(JsonType type) override;
  bool OnEnd() override;

  bool done() const { return frames_.empty(); }  // the tool's `}` has been read
  Error error() const { return error_; }         // after a function returned false
  Tool Take() { return std::move(tool_); }

 private:
  // What a value means, by its place in the definition. An `x-mcp-header` counts in a property that
  // a chain of `properties` leads to; in any other schema it spoils the tool, and in what is no
  // schema (a default, an example) it is mere data.
  enum class Place : std::uint8_t {
    kMeta,  // `_meta`: says nothing about the tool
    kData,
    kTool,
    kName,
    kSchema,      // the input schema, or a property that `properties` leads to
    kProperties,  // its properties
    kSubschema,   // any other schema inside it, or a list of them
    kSubschemas,  // those by name
    kType,        // the keyword `type` of a kSchema
    kHeader,      // the keyword `x-mcp-header` of a kSchema
    kStrayHeader,
  };
  struct Frame {
    Place place;
    Place next;               // of the value that comes next
    std::size_t path_length;  // of the container itself in path_
  };
  struct Schema {
    bool is_primitive = false;
    std::optional<std::string> header;
  };

  static Place PlaceOf(Place parent, std::string_view key);
  static Place ElementOf(Place array);
  void Begin();
  void ForgetHeaders();
  void Finish(Schema& schema);
  bool Fail(Error error);

  JsonStack<Frame> frames_;
  std::vector<Schema> schemas_;  // those open
  std::string path_;             // JSON pointer into the arguments
  DigestBuilder digest_;
  Tool tool_;
  bool has_name_ = false;
  std::size_t header_bytes_ = 0;
  Error error_ = Error::kWrongShape;
};

}  // namespace mcp_vitals::mcp
