#include "app/expect_flag.h"

#include <array>
#include <charconv>
#include <cmath>

#include "mcp/json_pointer.h"
#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

constexpr std::array<std::string_view, 5> kOperators = {" type=", " length=", ">=", "<=", "="};

Wrong NoExpectation(std::string_view text) {
  return Wrong{Quote(text) +
               " is no expectation (allowed: is_error=BOOL, contains=TEXT, matches=REGEX, "
               "/pointer=VALUE, /pointer>=N, /pointer<=N, '/pointer type=TYPE', "
               "'/pointer length=N')"};
}

template <class Number>
Parsed<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Wrong{Quote(text) + " is no number (allowed: like 3)"};
  }
  return number;
}

std::optional<Wrong> SetCheck(probe::PointerCheck& check, std::string_view op,
                              std::string_view value) {
  if (op == "=") {
    check.equals = ScalarJson(value);
  } else if (op == " type=") {
    const auto type = ParseType(value);
    if (!type) return type.error();
    check.type = *type;
  } else if (op == " length=") {
    const auto length = ParseNumber<std::uint64_t>(value);
    if (!length) return length.error();
    check.length = *length;
  } else {
    const auto number = ParseNumber<double>(value);
    if (!number) return number.error();
    if (!std::isfinite(*number)) return Wrong{Quote(value) + " is no number (allowed: like 3)"};
    (op == ">=" ? check.min : check.max) = *number;
  }
  return std::nullopt;
}

std::optional<Wrong> AddPointerCheck(std::string_view text, probe::Expectation& expectation) {
  std::size_t at = std::string_view::npos;
  std::string_view op;
  for (const std::string_view candidate : kOperators) {
    const std::size_t found = text.find(candidate);
    if (found < at) {
      at = found;
      op = candidate;
    }
  }
  if (op.empty()) return NoExpectation(text);
  const auto pointer = ParsePointer(text.substr(0, at));
  if (!pointer) return pointer.error();
  probe::PointerCheck check;
  check.pointer = *pointer;
  if (auto wrong = SetCheck(check, op, text.substr(at + op.size()))) return wrong;
  expectation.checks.push_back(std::move(check));
  return std::nullopt;
}

}  // namespace

std::optional<Wrong> AddExpectation(std::string_view text, probe::Expectation& expectation) {
  if (text.starts_with('/')) return AddPointerCheck(text, expectation);
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (name == "is_error" && (value == "true" || value == "false")) {
    expectation.is_error = value == "true";
  } else if (name == "contains" && !value.empty()) {
    expectation.text_contains.emplace_back(value);
  } else if (name == "matches" && !value.empty()) {
    auto regex = ParseRegex(std::string(value));
    if (!regex) return regex.error();
    expectation.text_matches.push_back(std::move(*regex));
  } else {
    return NoExpectation(text);
  }
  return std::nullopt;
}

std::string ScalarJson(std::string_view value) {
  const auto parsed = mcp::FindJson(value, "");
  const bool scalar = parsed && *parsed && (*parsed)->type != mcp::JsonType::kArray &&
                      (*parsed)->type != mcp::JsonType::kObject;
  if (scalar) return std::string(value);
  std::string json;
  mcp::AppendJsonString(json, value);
  return json;
}

}  // namespace mcp_vitals::app
