#include "probe/redact.h"

#include <cstddef>

namespace mcp_vitals::probe {

namespace {

constexpr std::string_view kHidden = "[hidden]";
constexpr std::string_view kShortened = "…";
constexpr std::size_t kLeastBytes = 4;

// Bytes before `end` that are the beginning of `secret`.
std::size_t PartBefore(std::string_view text, std::string_view secret) {
  for (std::size_t size = secret.size() - 1; size >= kLeastBytes; --size) {
    if (text.ends_with(secret.substr(0, size))) return size;
  }
  return 0;
}

constexpr std::string_view kSeparators = " \t;,\"";

// "session=abc" is secret from its value on, "abc==" (base64) whole.
std::string_view WithoutName(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return part;
  const std::string_view value = part.substr(equals + 1);
  return value.find_first_not_of('=') == std::string_view::npos ? part : value;
}

bool IsScheme(std::string_view part) { return part == "Bearer" || part == "Basic"; }

}  // namespace

void Redact(std::string& text, std::string_view secret) {
  if (secret.size() < kLeastBytes) return;
  for (std::size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kHidden.size())) {
    text.replace(at, secret.size(), kHidden);
  }
  for (std::size_t at = text.find(kShortened); at != std::string::npos;
       at = text.find(kShortened, at + kShortened.size())) {
    const std::size_t part = PartBefore(std::string_view(text).substr(0, at), secret);
    if (part == 0) continue;
    text.replace(at - part, part, kHidden);
    at += kHidden.size() - part;
  }
}

void RedactHeader(std::string& text, std::string_view value) {
  Redact(text, value);
  while (!value.empty()) {
    const std::size_t end = value.find_first_of(kSeparators);
    const std::string_view part = value.substr(0, end);
    if (!IsScheme(part)) Redact(text, WithoutName(part));
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
  }
}

void RedactQuery(std::string& text, std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return;
  for (url.remove_prefix(query + 1); !url.empty();) {
    const std::size_t end = url.find('&');
    const std::string_view parameter = url.substr(0, end);
    Redact(text, parameter.substr(parameter.find('=') + 1));
    url.remove_prefix(end == std::string_view::npos ? url.size() : end + 1);
  }
}

std::string WithoutSecrets(std::string_view url) {
  url = url.substr(0, url.find('?'));
  const std::size_t authority = url.find("//");
  if (authority == std::string_view::npos) return std::string(url);
  const std::size_t begin = authority + 2;
  const std::size_t at = url.substr(0, url.find('/', begin)).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(at + 1));
}

}  // namespace mcp_vitals::probe
