#include "mcp/headers.h"

#include <algorithm>

#include "mcp/base64.h"
#include "mcp/json_pointer.h"

namespace mcp_vitals::mcp {

namespace {

constexpr std::string_view kEncodedPrefix = "=?base64?";
constexpr std::string_view kEncodedSuffix = "?=";

bool ClaimsEncoding(std::string_view value) {
  return value.size() >= kEncodedPrefix.size() + kEncodedSuffix.size() &&
         value.starts_with(kEncodedPrefix) && value.ends_with(kEncodedSuffix);
}

bool IsPlain(std::string_view value) {
  if (value.starts_with(' ') || value.ends_with(' ')) return false;
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z');
}

}  // namespace

std::string EncodeHeaderValue(std::string_view value) {
  if (IsPlain(value) && !ClaimsEncoding(value)) return std::string(value);
  std::string out(kEncodedPrefix);
  out += EncodeBase64(value);
  out += kEncodedSuffix;
  return out;
}

std::optional<std::string> DecodeHeaderValue(std::string_view value) {
  if (!ClaimsEncoding(value)) return std::string(value);
  value.remove_prefix(kEncodedPrefix.size());
  value.remove_suffix(kEncodedSuffix.size());
  return DecodeBase64(value);
}

bool IsValidSessionId(std::string_view id) {
  return !id.empty() &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
}

bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool EqualHeaderNames(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

HeaderList ParamHeaders(const Tool& tool, std::string_view arguments_json) {
  HeaderList headers;
  for (const auto& [pointer, name] : tool.header_params) {
    const Result<std::optional<JsonValue>> found = FindJson(arguments_json, pointer);
    if (!found || !*found) continue;
    const JsonValue& value = **found;
    if (value.type == JsonType::kString || value.type == JsonType::kNumber ||
        value.type == JsonType::kBoolean) {
      headers.emplace_back(std::string(kParamHeaderPrefix) + name, EncodeHeaderValue(value.scalar));
    }
  }
  return headers;
}

}  // namespace mcp_vitals::mcp
