#include "probe/expectation.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "probe/failure.h"

namespace mcp_vitals::probe {

namespace {

using mcp::JsonType;
using mcp::JsonValue;

constexpr std::size_t kShown = 80;  // bytes of a value that a sentence quotes

std::string Quote(std::string_view text) { return '"' + Printable(text, kShown) + '"'; }

std::optional<double> NumberOf(const JsonValue& value) {
  if (value.type != JsonType::kNumber) return std::nullopt;
  double number = 0;
  const char* const end = value.scalar.data() + value.scalar.size();
  const auto [stop, error] = std::from_chars(value.scalar.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::string Show(double number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  return error == std::errc{} ? std::string(text, end) : std::string("?");
}

std::string Show(const JsonValue& value) {
  switch (value.type) {
    case JsonType::kString:
      return Quote(value.scalar);
    case JsonType::kArray:
    case JsonType::kObject:
      return "an " + std::string(ToString(value.type)) + " of " + std::to_string(value.length);
    default:
      return Printable(value.scalar, kShown);
  }
}

bool IsWhole(const JsonValue& number) {
  return number.type == JsonType::kNumber &&
         number.scalar.find_first_of(".eE") == std::string::npos && number.scalar != "-0";
}

// Numbers by value (3 and 3.0 are equal), the rest by type and text.
bool Equals(const JsonValue& seen, const JsonValue& expected) {
  if (seen.type != expected.type || seen.length != expected.length) return false;
  // A double tells whole numbers apart up to 53 bits only.
  if (IsWhole(seen) && IsWhole(expected)) return seen.scalar == expected.scalar;
  const auto number = NumberOf(seen);
  return number ? number == NumberOf(expected) : seen.scalar == expected.scalar;
}

bool EqualsText(const JsonValue& seen, std::string_view expected_json) {
  const auto expected = mcp::FindJson(expected_json, "");
  return expected && *expected && Equals(seen, **expected);
}

bool HasLength(JsonType type) {
  return type == JsonType::kString || type == JsonType::kArray || type == JsonType::kObject;
}

// What the value at a pointer is not, after "… is 2, and ".
std::optional<std::string> Missed(const PointerCheck& check, const JsonValue& seen) {
  if (check.type && seen.type != *check.type) {
    return "not of type " + std::string(ToString(*check.type));
  }
  if (check.equals && !EqualsText(seen, *check.equals)) {
    return "not equal to " + Printable(*check.equals, kShown);
  }
  const auto number = NumberOf(seen);
  if ((check.min || check.max) && !number) return "not a number";
  if (check.min && !(*number >= *check.min)) return "below the minimum of " + Show(*check.min);
  if (check.max && !(*number <= *check.max)) return "above the maximum of " + Show(*check.max);
  if (check.length && !HasLength(seen.type)) return "not a thing that has a length";
  if (check.length && seen.length != *check.length) {
    return "not of length " + std::to_string(*check.length) + " but " + std::to_string(seen.length);
  }
  return std::nullopt;
}

std::optional<std::string> Unmet(const PointerCheck& check, std::string_view json,
                                 std::string_view pointer) {
  const auto found = mcp::FindJson(json, std::string(pointer) + "/result" + check.pointer);
  const std::string place = "the value at " + Quote(check.pointer);
  if (!found) return place + " can't be read: " + found.error().message();
  if (!*found) return place + " is missing";
  const auto missed = Missed(check, **found);
  if (!missed) return std::nullopt;
  return place + " is " + Show(**found) + ", " + *missed;
}

template <class Predicate>
bool AnyText(const mcp::Message& message, Predicate holds) {
  return std::any_of(message.content.begin(), message.content.end(),
                     [&](const auto& item) { return item.type == "text" && holds(item.text); });
}

std::string FirstText(const mcp::Message& message) {
  std::string first;
  AnyText(message, [&](const std::string& text) {
    first = text;
    return true;
  });
  return first;
}

std::optional<std::string> WrongOutcome(const Expectation& expectation,
                                        const mcp::Message& message) {
  const bool is_error = message.is_error.value_or(false);
  if (is_error == expectation.is_error) return std::nullopt;
  if (!is_error) return "the tool reported no error, and one is expected";
  const std::string said = FirstText(message);
  return "the tool reported an error" + (said.empty() ? "" : ": " + Quote(said));
}

}  // namespace

std::optional<std::string> Unmet(const Expectation& expectation, const mcp::Message& message,
                                 std::string_view json, std::string_view pointer) {
  if (auto wrong = WrongOutcome(expectation, message)) return wrong;
  for (const std::string& part : expectation.text_contains) {
    const auto contains = [&](const std::string& text) {
      return text.find(part) != std::string::npos;
    };
    if (!AnyText(message, contains)) return "no text of the result contains " + Quote(part);
  }
  for (const auto& pattern : expectation.text_matches) {
    const auto matches = [&](const std::string& text) {
      return re2::RE2::PartialMatch(text, *pattern);
    };
    if (!AnyText(message, matches)) {
      return "no text of the result matches " + Quote(pattern->pattern());
    }
  }
  for (const PointerCheck& check : expectation.checks) {
    if (auto unmet = Unmet(check, json, pointer)) return unmet;
  }
  return std::nullopt;
}

}  // namespace mcp_vitals::probe
