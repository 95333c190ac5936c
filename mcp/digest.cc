#include "mcp/digest.h"

#include <xxhash.h>

namespace mcp_vitals::mcp {

namespace {

// Seeds keep apart what would otherwise be equal bytes: a value's seed is its type.
constexpr std::uint64_t kKeySeed = 16, kElementSeed = 17, kMemberSeed = 18;
constexpr std::uint64_t SeedOf(JsonType type) { return static_cast<std::uint64_t>(type); }

Digest Hash(const void* bytes, std::size_t size, std::uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, size, seed);
  return {hash.high64, hash.low64};
}

Digest HashPair(const Digest& first, const Digest& second, std::uint64_t seed) {
  const std::array words = {first[0], first[1], second[0], second[1]};
  return Hash(words.data(), sizeof words, seed);
}

}  // namespace

void DigestBuilder::OnKey(std::string_view key) {
  open_.top().key = Hash(key.data(), key.size(), kKeySeed);
}

void DigestBuilder::OnScalar(JsonType type, std::string_view text) {
  Add(Hash(text.data(), text.size(), SeedOf(type)));
}

void DigestBuilder::OnStart(JsonType type) { open_.push({type, 0, Digest{}, Digest{}}); }

void DigestBuilder::OnEnd() {
  const Frame frame = open_.pop();
  Add(HashPair(frame.content, Digest{frame.count, 0}, SeedOf(frame.type)));
}

void DigestBuilder::Add(const Digest& value) {
  if (open_.empty()) {
    digest_ = value;
    return;
  }
  Frame& parent = open_.top();
  ++parent.count;
  parent.content = parent.type == JsonType::kArray
                       ? HashPair(parent.content, value, kElementSeed)
                       : CombineUnordered(parent.content, HashPair(parent.key, value, kMemberSeed));
}

Digest CombineUnordered(const Digest& sum, const Digest& next) {
  return {sum[0] + next[0], sum[1] + next[1]};
}

}  // namespace mcp_vitals::mcp
