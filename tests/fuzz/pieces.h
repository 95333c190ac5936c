#pragma once

#include <cstddef>
#include <cstdint>

namespace mcp_vitals::fuzz {

// Sizes of the pieces that a message comes in: mostly a few bytes, the same for the same seed.
class Pieces {
 public:
  explicit Pieces(std::uint32_t seed) : state_(seed) {}
  std::size_t Next() {
    state_ = state_ * 1664525 + 1013904223;
    return 1 + (state_ >> 16) % ((state_ >> 13 & 7) == 0 ? 97 : 7);
  }

 private:
  std::uint32_t state_;
};

}  // namespace mcp_vitals::fuzz
