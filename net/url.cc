#include "net/url.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

constexpr std::uint16_t DefaultPort(bool https) { return https ? 443 : 80; }

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

Result<Url> FromView(const boost::urls::url_view& view) {
  Url url;
  const std::string scheme = Lower(std::string(view.scheme()));
  if (scheme != "http" && scheme != "https") return Error::kBadUrl;
  url.https = scheme == "https";
  if (view.has_userinfo() || view.encoded_host().empty()) return Error::kBadUrl;
  url.host = Lower(view.host_address());
  const bool has_control = std::any_of(url.host.begin(), url.host.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  });
  if (url.host.empty() || url.host.size() > 255 || has_control) return Error::kBadUrl;
  url.port = DefaultPort(url.https);
  if (view.has_port() && !view.port().empty()) {
    if (view.port_number() == 0) return Error::kBadUrl;  // zero, or out of range
    url.port = view.port_number();
  }
  url.target = std::string(view.encoded_path());
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  if (view.has_query()) url.target += "?" + std::string(view.encoded_query());
  return url;
}

}  // namespace

std::string Url::Authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != DefaultPort(https)) out += ":" + std::to_string(port);
  return out;
}

std::string Url::Origin() const {
  std::string out = https ? "https://" : "http://";
  out += host.find(':') == std::string::npos ? host : "[" + host + "]";
  return out + ":" + std::to_string(port);
}

std::string Url::ToString() const {
  return (https ? "https://" : "http://") + Authority() + target;
}

Result<Url> ParseUrl(std::string_view text) {
  const auto view = boost::urls::parse_uri({text.data(), text.size()});
  if (!view) return Error::kBadUrl;
  return FromView(*view);
}

bool SameOrigin(const Url& a, const Url& b) {
  return a.https == b.https && a.port == b.port && a.host == b.host;
}

Result<Url> Resolve(const Url& base, std::string_view reference) {
  const auto parsed = boost::urls::parse_uri_reference({reference.data(), reference.size()});
  const std::string base_text = base.ToString();
  const auto base_view = boost::urls::parse_uri(base_text);
  if (!parsed || !base_view) return Error::kBadUrl;
  boost::urls::url resolved;
  if (!boost::urls::resolve(*base_view, *parsed, resolved)) return Error::kBadUrl;
  return FromView(resolved);
}

}  // namespace mcp_vitals::net
