#include "mcp/digest.h"

#define XXH_INLINE_ALL  // most values are short: the call would cost as much as the hash
#include <xxhash.h>

namespace mcp_vitals::mcp {

namespace {
constexpr std::uint64_t kTypes = 8;  // between two places of an array: room for a JsonType
}  // namespace

void DigestBuilder::OnKey(std::string_view key) {
  open_.top().place = XXH3_64bits(key.data(), key.size());
}

void DigestBuilder::OnScalar(JsonType type, std::string_view text) {
  Add(type, text.data(), text.size());
}

void DigestBuilder::OnStart(JsonType type) { open_.push({type, 0, Digest{}}); }

void DigestBuilder::OnEnd() {
  const Frame frame = open_.pop();
  Add(frame.type, frame.sum.data(), sizeof frame.sum);
}

void DigestBuilder::Add(JsonType type, const void* bytes, std::size_t size) {
  const std::uint64_t place = open_.empty() ? 0 : open_.top().place;
  const XXH128_hash_t hash =
      XXH3_128bits_withSeed(bytes, size, place + static_cast<std::uint64_t>(type));
  const Digest value = {hash.high64, hash.low64};
  if (open_.empty()) {
    digest_ = value;
    return;
  }
  Frame& parent = open_.top();
  Accumulate(parent.sum, value);
  if (parent.type == JsonType::kArray) parent.place += kTypes;
}

std::uint64_t DigestOf(std::string_view text) {
  const std::uint64_t digest = XXH3_64bits(text.data(), text.size());
  return digest == 0 ? 1 : digest;
}

void Accumulate(Digest& sum, const Digest& part) {
  sum[0] += part[0];
  sum[1] += part[1];
}

}  // namespace mcp_vitals::mcp
