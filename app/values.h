#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "mcp/version.h"
#include "net/url.h"
#include "probe/expectation.h"

// What people write as flags and configuration values, taken as what it means. All pure.
namespace mcp_vitals::app {

// What is wrong with a value, as a sentence without subject that ends in what is allowed: "is no
// duration (allowed: …)". It quotes the value unless that may be a secret.
struct Wrong {
  std::string why;
};
// A value, or what is wrong with it.
template <class T>
class Parsed {
 public:
  Parsed(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Parsed(Wrong wrong) : state_(std::move(wrong)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Wrong& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Wrong> state_;
};

using Milliseconds = std::chrono::milliseconds;

// "500ms", "10s", "1m30s", "1h": more than nothing, at most `max`.
Parsed<Milliseconds> ParseDuration(std::string_view text,
                                   Milliseconds max = std::chrono::hours(24));
std::string ToString(Milliseconds duration);  // "1m30s"

// What becomes a label's value and stands in logs: 1 to 100 bytes of printable text.
Parsed<std::string> ParseName(const std::string& text);

// An address to listen on: "[::]:9788", "127.0.0.1:0".
Parsed<std::string> ParseListen(const std::string& text);

// "auto" (nothing) or a published version.
Parsed<std::optional<mcp::Version>> ParseProtocol(std::string_view text);

// http or https, without user name and password.
Parsed<net::Url> ParseTargetUrl(std::string_view text);
// With the values of query parameters hidden: people put keys there.
std::string PublicUrl(std::string_view url);

using Header = std::pair<std::string, std::string>;
// A header to be sent along; those that MCP or HTTP needs for itself are refused.
Parsed<Header> CheckHeader(std::string name, std::string value);
Parsed<Header> ParseHeader(std::string_view name_colon_value);

Parsed<std::string> ParseIpAddress(std::string_view text);
// A DNS server: an IP address, with a port if it is not 53.
Parsed<std::string> ParseDnsServer(std::string_view text);

Parsed<std::shared_ptr<const re2::RE2>> ParseRegex(const std::string& pattern);
// The JSON text of an object.
Parsed<std::string> ParseArguments(std::string_view json);
Parsed<std::string> ParsePointer(std::string_view text);
Parsed<mcp::JsonType> ParseType(std::string_view name);

// `"text"`, shortened and made printable, for an error message.
std::string Quote(std::string_view text);

}  // namespace mcp_vitals::app
