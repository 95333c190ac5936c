#include "net/url.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <charconv>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

constexpr std::size_t kMaxUrlBytes = 8192;

std::uint16_t DefaultPort(bool https) { return https ? 443 : 80; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z');
}

// Of a DNS name in ASCII, an IPv4 address or a zone.
bool IsNameCharacter(char c) { return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_'; }

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

std::string_view WithoutZone(std::string_view host) { return host.substr(0, host.find('%')); }

// "[fe80::1%25eth0]" (RFC 6874), or with a bare "%" as people write it: Boost.URL knows neither, so
// the zone is cut out of `text`. False if there is a zone that is no name.
bool CutZone(std::string& text, std::string& zone) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  const std::size_t percent = text.find('%');
  if (close == std::string::npos || open > percent || percent > close) return true;
  std::size_t begin = percent + 1;
  if (text.compare(begin, 2, "25") == 0 && begin + 2 < close) begin += 2;
  zone = text.substr(begin, close - begin);
  text.erase(percent, close - percent);
  return IsName(zone);
}

Result<std::string> HostOf(const boost::urls::url_view& view) {
  using boost::urls::host_type;
  if (view.has_userinfo()) return Error::kBadUrl;
  std::string host = view.host_address();
  std::transform(host.begin(), host.end(), host.begin(), Lower);
  const bool known = view.host_type() == host_type::ipv6 || view.host_type() == host_type::ipv4 ||
                     (view.host_type() == host_type::name && IsName(host));
  if (!known) return Error::kBadUrl;
  return host;
}

Result<Url> FromView(const boost::urls::url_view& view) {
  Url url;
  std::string scheme = view.scheme();
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), Lower);
  if (scheme != "http" && scheme != "https") return Error::kBadUrl;
  url.https = scheme == "https";
  const auto host = HostOf(view);
  if (!host) return host.error();
  url.host = *host;
  url.port = DefaultPort(url.https);
  if (view.has_port() && !view.port().empty()) {
    // Boost 1.81 takes a port that is out of range for another one.
    const std::string_view digits(view.port().data(), view.port().size());
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || url.port == 0) return Error::kBadUrl;
  }
  url.target = view.encoded_path();
  if (url.target.empty()) url.target = "/";
  if (url.target.front() != '/') return Error::kBadUrl;  // what Boost makes of "http://h:x/"
  if (view.has_query()) url.target.append("?").append(view.encoded_query());
  return url;
}

// RFC 3986, section 5.2.4: nothing is above the root. Boost 1.81 leaves such segments in front.
std::string BelowRoot(std::string_view target) {
  while (target.starts_with("/../")) target.remove_prefix(3);
  if (target == "/.." || target.starts_with("/..?")) return "/" + std::string(target.substr(3));
  return std::string(target);
}

std::string Bracketed(std::string_view host) {
  if (host.find(':') == std::string_view::npos) return std::string(host);
  std::string out = "[" + std::string(WithoutZone(host));
  if (WithoutZone(host).size() < host.size()) {
    out.append("%25").append(host.substr(WithoutZone(host).size() + 1));
  }
  return out + "]";
}

std::string PortSuffix(const Url& url) {
  return url.port == DefaultPort(url.https) ? "" : ":" + std::to_string(url.port);
}

}  // namespace

std::string Url::Authority() const {
  return Bracketed(WithoutZone(host)) + PortSuffix(*this);  // RFC 6874: the zone is ours alone
}

std::string Url::Origin() const {
  return (https ? "https://" : "http://") + Bracketed(host) + ":" + std::to_string(port);
}

std::string Url::ToString() const {
  return (https ? "https://" : "http://") + Bracketed(host) + PortSuffix(*this) + target;
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return Error::kBadUrl;
  std::string rest(text);
  std::string zone;
  if (!CutZone(rest, zone)) return Error::kBadUrl;
  const auto view = boost::urls::parse_uri(rest);
  if (!view) return Error::kBadUrl;
  auto url = FromView(*view);
  if (!url || zone.empty()) return url;
  if (view->host_type() != boost::urls::host_type::ipv6) return Error::kBadUrl;
  url->host += "%" + zone;
  return url;
}

bool SameOrigin(const Url& a, const Url& b) {
  return a.https == b.https && a.port == b.port && a.host == b.host;
}

Result<Url> Resolve(const Url& base, std::string_view reference) {
  if (reference.size() > kMaxUrlBytes) return Error::kBadUrl;
  const auto parsed = boost::urls::parse_uri_reference({reference.data(), reference.size()});
  const std::string base_text =
      (base.https ? "https://" : "http://") + base.Authority() + base.target;
  const auto base_view = boost::urls::parse_uri(base_text);
  if (!parsed || !base_view) return Error::kBadUrl;
  boost::urls::url resolved;
  if (!boost::urls::resolve(*base_view, *parsed, resolved)) return Error::kBadUrl;
  auto url = FromView(resolved);
  if (!url) return url;
  url->target = BelowRoot(url->target);
  // The server does not know our zones: its address is where it was.
  if (url->host == WithoutZone(base.host)) url->host = base.host;
  return url;
}

}  // namespace mcp_vitals::net
