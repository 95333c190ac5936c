#include "mcp/json_pointer.h"

#include <utility>
#include <vector>

#include "mcp/integer.h"
#include "mcp/json_reader.h"
#include "mcp/utf8.h"

namespace mcp_vitals::mcp {

namespace {

constexpr std::size_t kMaxScalar = std::size_t{64} << 10;

struct Token {
  std::string key;
  std::optional<std::size_t> index;
};

std::optional<std::size_t> ParseIndex(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return ParseInteger<std::size_t>(text);
}

std::string Unescape(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~';
    out += !escaped ? token[i] : token[++i] == '0' ? '~' : '/';
  }
  return out;
}

std::vector<Token> Split(std::string_view pointer) {
  std::vector<Token> tokens;
  while (!pointer.empty()) {
    const std::string_view token = pointer.substr(1, pointer.find('/', 1) - 1);
    pointer.remove_prefix(1 + token.size());
    tokens.push_back({Unescape(token), ParseIndex(token)});
  }
  return tokens;
}

class Finder final : public JsonHandler {
 public:
  explicit Finder(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  std::optional<JsonValue> Take() { return std::move(found_); }

  bool OnKey(std::string_view key) override {
    Frame& frame = frames_.top();
    frame.next_leads = frame.leads && key == tokens_[frames_.size() - 1].key;
    return true;
  }

  bool OnScalar(JsonType type, std::string_view text) override {
    const bool leads = Enter();
    if (leads && frames_.size() == tokens_.size()) {
      found_ = JsonValue{type, std::string(Utf8Prefix(text, kMaxScalar)),
                         type == JsonType::kString ? text.size() : 0};
    }
    return true;
  }

  bool OnStart(JsonType type) override {
    const bool leads = Enter();
    const bool is_target = leads && frames_.size() == tokens_.size();
    if (is_target) found_ = JsonValue{type, "", 0};
    frames_.push({.is_array = type == JsonType::kArray,
                  .leads = leads && !is_target,
                  .is_target = is_target,
                  .next_leads = false,
                  .count = 0});
    return true;
  }

  bool OnEnd() override {
    const Frame frame = frames_.pop();
    if (frame.is_target) found_->length = frame.count;
    return true;
  }

 private:
  struct Frame {
    bool is_array;
    bool leads;  // the pointer goes on inside
    bool is_target;
    bool next_leads;  // to the member whose key was just read
    std::size_t count;
  };

  // Whether the pointer leads to the value that now begins.
  bool Enter() {
    bool leads = true;
    if (!frames_.empty()) {
      Frame& parent = frames_.top();
      leads = parent.is_array ? parent.leads && tokens_[frames_.size() - 1].index == parent.count
                              : parent.next_leads;
      ++parent.count;
    }
    if (leads) found_.reset();  // a member of the same key before this one does not count
    return leads;
  }

  const std::vector<Token> tokens_;
  JsonStack<Frame> frames_;
  std::optional<JsonValue> found_;
};

}  // namespace

bool IsJsonPointer(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] != '~') continue;
    if (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1')) return false;
  }
  return true;
}

void AppendPointerToken(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

Result<std::optional<JsonValue>> FindJson(std::string_view document, std::string_view pointer) {
  if (!IsJsonPointer(pointer)) return Error::kWrongShape;
  Finder finder(Split(pointer));
  const Result<bool> read = ReadJson(document, finder);
  if (!read) return read.error();
  return finder.Take();
}

}  // namespace mcp_vitals::mcp
