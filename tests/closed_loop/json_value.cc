#include "tests/closed_loop/json_value.h"

#include "mcp/json_reader.h"

namespace mcp_vitals::closed_loop {

namespace {

class Builder final : public mcp::JsonHandler {
 public:
  explicit Builder(JsonValue& root) : root_(root) {}

  bool OnKey(std::string_view key) override {
    key_ = key;
    return true;
  }
  bool OnScalar(mcp::JsonType type, std::string_view text) override {
    JsonValue& value = Next();
    value.type = type;
    value.text = text;
    return true;
  }
  bool OnStart(mcp::JsonType type) override {
    JsonValue& value = Next();
    value.type = type;
    open_.push_back(&value);
    return true;
  }
  bool OnEnd() override {
    open_.pop_back();
    return true;
  }

 private:
  // Whoever is open does not grow before its children are closed, so that pointers hold.
  JsonValue& Next() {
    if (open_.empty()) return root_;
    JsonValue& parent = *open_.back();
    if (parent.type == mcp::JsonType::kObject) return parent.members[key_];
    return parent.items.emplace_back();
  }

  JsonValue& root_;
  std::vector<JsonValue*> open_;
  std::string key_;
};

}  // namespace

const JsonValue& JsonValue::operator[](const std::string& name) const {
  static const JsonValue kNull;
  const auto found = members.find(name);
  return found == members.end() ? kNull : found->second;
}

std::optional<JsonValue> ParseJson(std::string_view text) {
  JsonValue root;
  Builder builder(root);
  const auto read = mcp::ReadJson(text, builder);
  if (!read || !*read) return std::nullopt;
  return root;
}

}  // namespace mcp_vitals::closed_loop
