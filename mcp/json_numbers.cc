#include "mcp/json_numbers.h"

#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "mcp/json_pointer.h"
#include "mcp/json_reader.h"

namespace mcp_vitals::mcp {

namespace {

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

class NumberFinder final : public JsonHandler {
 public:
  explicit NumberFinder(std::span<const std::string> pointers)
      : pointers_(pointers), numbers_(pointers.size()) {}
  std::vector<std::optional<double>> Take() { return std::move(numbers_); }

  bool OnKey(std::string_view key) override {
    const Frame& frame = frames_.top();
    if (!frame.leads) return true;
    path_.resize(frame.path);
    AppendPointerToken(path_, key);
    return true;
  }

  bool OnScalar(JsonType type, std::string_view text) override {
    if (!Enter()) return true;
    Forget();
    if (type != JsonType::kNumber) return true;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if (pointers_[i] == path_ && !path_.empty()) numbers_[i] = ParseNumber(text);
    }
    return true;
  }

  bool OnStart(JsonType type) override {
    const bool leads = Enter() && Forget();
    frames_.push({type == JsonType::kArray, leads, path_.size(), 0});
    return true;
  }

  bool OnEnd() override {
    frames_.pop();
    return true;
  }

 private:
  struct Frame {
    bool is_array;
    bool leads;         // some pointer goes on inside
    std::size_t path;   // the length of the path to it
    std::size_t count;  // elements that have begun
  };

  // Whether the value that now begins may matter; `path_` then leads to it.
  bool Enter() {
    if (frames_.empty()) return true;
    Frame& parent = frames_.top();
    if (!parent.leads) return false;
    if (parent.is_array) {
      path_.resize(parent.path);
      AppendPointerToken(path_, std::to_string(parent.count++));
    }
    return true;
  }

  // What was found at this place or below it before: a member of the same key does not count. True
  // when some pointer leads further than here.
  bool Forget() {
    bool leads = false;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      const std::string& pointer = pointers_[i];
      if (!pointer.starts_with(path_)) continue;
      const bool further = pointer.size() > path_.size() && pointer[path_.size()] == '/';
      if (further || pointer.size() == path_.size()) numbers_[i].reset();
      leads = leads || further;
    }
    return leads;
  }

  const std::span<const std::string> pointers_;
  std::vector<std::optional<double>> numbers_;
  JsonStack<Frame> frames_;
  std::string path_;  // of the value that begins, as a pointer
};

}  // namespace

Result<std::vector<std::optional<double>>> FindJsonNumbers(std::string_view document,
                                                           std::span<const std::string> pointers) {
  NumberFinder finder(pointers);
  const Result<bool> read = ReadJson(document, finder);
  if (!read) return read.error();
  return finder.Take();
}

}  // namespace mcp_vitals::mcp
