#include "net/http_request.h"

#include <algorithm>

namespace mcp_vitals::net {

namespace {

// RFC 9110, section 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={}";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > 0x20 && c < 0x7f && kSeparators.find(c) == std::string_view::npos;
  });
}

bool IsTarget(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool IsFraming(std::string_view name) {
  return EqualHeaderNames(name, "Content-Length") || EqualHeaderNames(name, "Transfer-Encoding");
}

}  // namespace

bool EqualHeaderNames(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool IsValid(const HttpRequest& request) {
  return IsToken(request.method) && IsTarget(request.target) &&
         std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
           return IsToken(header.first) && !IsFraming(header.first) && IsFieldValue(header.second);
         });
}

void Serialize(const HttpRequest& request, std::string& out) {
  std::size_t size = request.method.size() + request.target.size() + request.body.size() + 64;
  for (const auto& [name, value] : request.headers) size += name.size() + value.size() + 4;
  out.clear();
  out.reserve(size);
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : request.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  out.append("\r\n").append(request.body);
}

}  // namespace mcp_vitals::net
