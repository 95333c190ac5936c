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

std::string_view WithoutQuery(std::string_view url) { return url.substr(0, url.find('?')); }

}  // namespace mcp_vitals::probe
