#pragma once

#include <cstdint>
#include <string_view>

#include "mcp/json_reader.h"
#include "mcp/manifest.h"

namespace mcp_vitals::mcp {

// The digest of one JSON value, computed while it is read. Each value is hashed with its type and
// its place (the key in an object, the index in an array) as the seed, and a container is the sum
// of what it holds: so the order of keys does not count, that of elements does, and "1" differs
// from 1.
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
    std::uint64_t place;  // of the value that comes next
    Digest sum;
  };
  void Add(JsonType type, const void* bytes, std::size_t size);

  JsonStack<Frame> open_;
  Digest digest_{};
};

// Of a text, never 0.
std::uint64_t DigestOf(std::string_view text);

// Sums count whatever the order of their parts.
void Accumulate(Digest& sum, const Digest& part);

}  // namespace mcp_vitals::mcp
