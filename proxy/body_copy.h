#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mcp_vitals::proxy {

// How many bytes may be held at once by all the copies of bodies that are being read along.
struct BodyBudget {
  std::size_t left = std::size_t{64} << 20;
  std::size_t per_body = std::size_t{1} << 20;
};

// A body gathered as it passes, to be read when it is whole. It gives up, and holds nothing any
// more, when the body or all of them together are too large. Released, it may gather another. One
// thread; `budget` outlives it.
class BodyCopy {
 public:
  explicit BodyCopy(BodyBudget& budget) : budget_(budget) {}
  ~BodyCopy() { Release(); }
  BodyCopy(const BodyCopy&) = delete;
  BodyCopy& operator=(const BodyCopy&) = delete;

  void Append(std::string_view bytes);
  bool gave_up() const { return gave_up_; }
  std::string_view bytes() const { return bytes_; }
  void Release();

 private:
  BodyBudget& budget_;
  std::string bytes_;
  bool gave_up_ = false;
};

}  // namespace mcp_vitals::proxy
