#include "app/values.h"

#include <re2/re2.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "app/text.h"
#include "mcp/headers.h"
#include "mcp/json_pointer.h"
#include "net/listen.h"

namespace mcp_vitals::app {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
// Longest first, as ToString takes them.
constexpr std::array<Unit, 4> kUnits = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// Nothing if `text` is no duration or beyond what a day's milliseconds can hold by far.
std::optional<Milliseconds> ReadDuration(std::string_view text) {
  constexpr std::int64_t kEnough = 1'000'000'000'000;
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::size_t letters = std::min(text.find_first_of("0123456789"), text.size());
    const Unit* unit = FindUnit(text.substr(0, letters));
    if (unit == nullptr) return std::nullopt;
    total = std::min(total + static_cast<std::int64_t>(number) * unit->milliseconds, kEnough);
    text.remove_prefix(letters);
  }
  return Milliseconds(total);
}

// ":1" to ":65535".
bool IsPort(std::string_view text) {
  std::uint16_t number = 0;
  if (!text.starts_with(':')) return false;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  return error == std::errc{} && stop == end && number != 0;
}

// Headers that a probe sets itself, or that would break its messages.
constexpr std::array<std::string_view, 13> kOwnHeaders = {
    "Accept",     "Connection",        "Content-Length", "Content-Type",  "Expect",
    "Mcp-Method", "Mcp-Name",          "Mcp-Session-Id", "Last-Event-ID", "MCP-Protocol-Version",
    "TE",         "Transfer-Encoding", "Upgrade"};

}  // namespace

std::string Quote(std::string_view text) { return '"' + Shorten(Printable(text, true), 60) + '"'; }

Parsed<Milliseconds> ParseDuration(std::string_view text, Milliseconds max) {
  const auto duration = ReadDuration(text);
  if (!duration) {
    return Wrong{Quote(text) +
                 " is no duration (allowed: numbers with a unit, like 500ms, 10s, 1m30s or 1h)"};
  }
  if (duration->count() == 0 || *duration > max) {
    return Wrong{Quote(text) + " is out of range (allowed: 1ms to " + ToString(max) + ")"};
  }
  return *duration;
}

std::string ToString(Milliseconds duration) {
  std::string text;
  std::int64_t rest = duration.count();
  for (const Unit& unit : kUnits) {
    if (rest < unit.milliseconds) continue;
    text += std::to_string(rest / unit.milliseconds);
    text += unit.name;
    rest %= unit.milliseconds;
  }
  return text.empty() ? "0s" : text;
}

Parsed<std::string> ParseName(const std::string& text) {
  constexpr std::size_t kMaxNameBytes = 100;
  const bool good = !text.empty() && text.size() <= kMaxNameBytes && Printable(text, true) == text;
  if (good) return text;
  return Wrong{Quote(text) + " is no name (allowed: 1 to 100 bytes of printable text)"};
}

Parsed<std::string> ParseListen(const std::string& text) {
  if (net::ParseListenAddress(text)) return text;
  return Wrong{Quote(text) + " is no address to listen on (allowed: like [::]:9788)"};
}

Parsed<std::optional<mcp::Version>> ParseProtocol(std::string_view text) {
  if (text == "auto") return std::optional<mcp::Version>();
  if (const auto version = mcp::ParseVersion(text)) return std::optional(*version);
  std::string allowed = "auto";
  for (const mcp::Version version : mcp::kVersions) {
    allowed += ", ";
    allowed += mcp::ToString(version);
  }
  return Wrong{Quote(text) + " is no MCP version (allowed: " + allowed + ")"};
}

Parsed<net::Url> ParseTargetUrl(std::string_view text) {
  // Never quoted when there may be a password in it.
  const std::size_t authority_end =
      text.find_first_of("/?#", std::min(text.find("//") + 2, text.size()));
  if (text.substr(0, authority_end).find('@') != std::string_view::npos) {
    return Wrong{"the URL holds a user name or password (allowed: none; use authorization)"};
  }
  if (auto url = net::ParseUrl(text)) return std::move(*url);
  return Wrong{Quote(PublicUrl(text)) +
               " is no URL that can be probed (allowed: http://… or https://…)"};
}

std::string PublicUrl(std::string_view url) {
  const std::size_t query = url.find('?');
  std::string text(url.substr(0, query));
  if (query == std::string_view::npos) return text;
  url.remove_prefix(query);
  for (char before = '?'; !url.empty(); before = '&') {
    const std::string_view parameter = url.substr(1, url.find('&', 1) - 1);
    text += before;
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) text += parameter.substr(0, equals + 1);
    if (!parameter.empty()) text += "<hidden>";
    url.remove_prefix(1 + parameter.size());
  }
  return text;
}

Parsed<Header> CheckHeader(std::string name, std::string value) {
  if (!mcp::IsHeaderName(name)) {
    return Wrong{Quote(name) + " is no header name (allowed: letters, digits and -)"};
  }
  for (const std::string_view own : kOwnHeaders) {
    if (mcp::EqualHeaderNames(name, own)) {
      return Wrong{Quote(name) + " is set by the probe itself (allowed: other headers)"};
    }
  }
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      return Wrong{"the value of " + Quote(name) + " holds a control character (allowed: none)"};
    }
  }
  return Header(std::move(name), std::move(value));
}

Parsed<Header> ParseHeader(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return Wrong{"is no header (allowed: 'Name: value')"};
  }
  std::string_view value = text.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  return CheckHeader(std::string(text.substr(0, colon)), std::string(value));
}

Parsed<std::string> ParseIpAddress(std::string_view text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(text, error);
  if (error) return Wrong{Quote(text) + " is no IP address (allowed: like 203.0.113.7 or ::1)"};
  return std::string(text);
}

Parsed<std::string> ParseDnsServer(std::string_view text) {
  std::string_view host = text;
  std::string_view port;  // with its colon
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    host = end == std::string_view::npos ? "" : text.substr(1, end - 1);
    port = text.substr(std::min(end, text.size() - 1) + 1);
  } else if (text.find(':') == text.rfind(':')) {  // else it is a bare IPv6 address
    host = text.substr(0, text.find(':'));
    port = text.substr(host.size());
  }
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  if (error || !(port.empty() || IsPort(port))) {
    return Wrong{Quote(text) + " is no DNS server (allowed: like 10.0.0.10 or [::1]:5353)"};
  }
  return std::string(text);
}

Parsed<std::shared_ptr<const re2::RE2>> ParseRegex(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) {
    return Wrong{Quote(pattern) + " is no regular expression: " +
                 Printable(compiled->error(), true) + " (allowed: RE2 syntax)"};
  }
  return compiled;
}

Parsed<std::string> ParseArguments(std::string_view json) {
  const auto value = mcp::FindJson(json, "");
  if (!value || !*value || (*value)->type != mcp::JsonType::kObject) {
    return Wrong{"is no JSON object (allowed: like {\"query\":\"health\"})"};
  }
  return std::string(json);
}

Parsed<std::string> ParsePointer(std::string_view text) {
  if (!mcp::IsJsonPointer(text)) {
    return Wrong{Quote(text) + " is no JSON pointer (allowed: like /structuredContent/count)"};
  }
  return std::string(text);
}

Parsed<mcp::JsonType> ParseType(std::string_view name) {
  if (const auto type = mcp::ParseJsonType(name)) return *type;
  return Wrong{Quote(name) +
               " is no JSON type (allowed: null, boolean, number, string, array, object)"};
}

}  // namespace mcp_vitals::app
