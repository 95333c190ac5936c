#include <charconv>
#include <cmath>

#include "app/config_target.h"
#include "app/expect_flag.h"
#include "mcp/json_pointer.h"
#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kMaxJson = std::size_t{64} << 10;

bool IsJsonScalar(const std::string& text) {
  const auto value = mcp::FindJson(text, "");
  return value && *value && (*value)->type != mcp::JsonType::kString &&
         (*value)->type != mcp::JsonType::kArray && (*value)->type != mcp::JsonType::kObject;
}

// False once the text is too long: an alias may repeat what is large, and that again.
bool AppendJson(const YamlNode& node, std::string& out) {
  if (out.size() > kMaxJson) return false;
  if (node.kind == YamlNode::Kind::kNull) {
    out += "null";
    return true;
  }
  if (node.kind == YamlNode::Kind::kScalar) {
    if (!node.quoted && IsJsonScalar(node.scalar)) {
      out += node.scalar;
    } else {
      mcp::AppendJsonString(out, node.scalar);
    }
    return true;
  }
  const bool map = node.kind == YamlNode::Kind::kMap;
  out += map ? '{' : '[';
  bool first = true;
  for (const YamlNode::Member& member : node.members) {
    if (!std::exchange(first, false)) out += ',';
    if (map) {
      mcp::AppendJsonString(out, member.key);
      out += ':';
    }
    if (!AppendJson(*member.value, out)) return false;
  }
  out += map ? '}' : ']';
  return out.size() <= kMaxJson;
}

Parsed<std::optional<double>> ParseBound(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end && std::isfinite(number)) return std::optional(number);
  return Wrong{Quote(text) + " is no number (allowed: like 3 or 0.5)"};
}

Parsed<std::optional<std::uint64_t>> ParseLength(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end) return std::optional(number);
  return Wrong{Quote(text) + " is no length (allowed: 0 or more)"};
}

Parsed<std::optional<mcp::JsonType>> ParseOptionalType(const std::string& text) {
  auto type = ParseType(text);
  if (!type) return type.error();
  return std::optional(*type);
}

void ReadCheck(Section& section, probe::PointerCheck& check) {
  if (!section.Has("pointer")) {
    section.Fail("pointer", "is missing (allowed: like /structuredContent/count)");
  }
  check.pointer = section.Value("pointer", std::string(), "", ParsePointer);
  if (const YamlNode* equals = section.Any("equals")) {
    auto json = ToJson(*equals);
    const bool scalar =
        json && equals->members.empty() && (equals->kind == YamlNode::Kind::kScalar);
    if (scalar) {
      section.WroteJson("equals", *json);
      check.equals = std::move(*json);
    } else {
      section.Fail("equals", "must be a single value (allowed: a number, true, false or a text)");
    }
  }
  check.min = section.Value("min", std::optional<double>(), "", ParseBound);
  check.max = section.Value("max", std::optional<double>(), "", ParseBound);
  check.type = section.Value("type", std::optional<mcp::JsonType>(), "", ParseOptionalType);
  check.length = section.Value("length", std::optional<std::uint64_t>(), "", ParseLength);
}

void ReadExpectation(Section& section, probe::Expectation& expectation) {
  expectation.is_error = section.Boolean("is_error", false);
  expectation.text_contains = section.Texts("text_contains");
  for (const std::string& pattern : section.Texts("text_matches")) {
    auto regex = ParseRegex(pattern);
    if (regex) {
      expectation.text_matches.push_back(std::move(*regex));
    } else {
      section.Fail("text_matches", regex.error().why);
    }
  }
  section.Each("json", [&](Section& item) {
    probe::PointerCheck check;
    ReadCheck(item, check);
    expectation.checks.push_back(std::move(check));
  });
}

}  // namespace

Parsed<std::string> ToJson(const YamlNode& node) {
  std::string json;
  if (AppendJson(node, json)) return json;
  return Wrong{"is larger than " + std::to_string(kMaxJson) + " bytes as JSON"};
}

void ReadCanary(Section& section, probe::Canary& canary) {
  canary.tool = section.Text("tool");
  if (canary.tool.empty()) section.Fail("tool", "is missing (allowed: the name of a tool)");
  if (const YamlNode* arguments = section.Any("arguments")) {
    auto json = ToJson(*arguments);
    if (!json) {
      section.Fail("arguments", json.error().why);
    } else if (arguments->kind != YamlNode::Kind::kMap) {
      section.Fail("arguments", "must be a map (allowed: the tool's arguments by name)");
    } else {
      section.WroteJson("arguments", *json);
      canary.arguments_json = std::move(*json);
    }
  }
  Section expect = section.Child("expect");
  ReadExpectation(expect, canary.expect);
  section.Put("expect", std::move(expect));
}

}  // namespace mcp_vitals::app
