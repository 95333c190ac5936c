#pragma once

#include <cstdint>
#include <string_view>

#include "mcp/json_reader.h"
#include "mcp/manifest.h"

namespace mcp_vitals::mcp {

// The digest of one JSON value, computed while it is read. Arrays count in order, the members of an
// object in any; the type is part of a value ("1" and 1 differ). Numbers are compared as text.
class DigestBuilder {
 public:
  void OnKey(std::string_view key);
  void OnScalar(JsonType type, std::string_view text);
  void OnStart(JsonType type);
  void OnEnd();
  const Digest& digest() const { return digest_; }  // of the last complete outermost value

 private:
  struct Frame {
    JsonType type;
    std::uint64_t count;  // of elements or members
    Digest content;
    Digest key;
  };
  void Add(const Digest& value);

  JsonStack<Frame> open_;
  Digest digest_{};
};

// One digest for several, whatever their order.
Digest CombineUnordered(const Digest& sum, const Digest& next);

}  // namespace mcp_vitals::mcp
