#include "exporter/probe_handler.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <sstream>
#include <utility>

#include "exporter/metrics.h"

namespace mcp_vitals::exporter {

namespace {

// What is left of the scrape's time for the answer to travel.
constexpr auto kOffset = std::chrono::milliseconds(500);

Response BadRequest(std::string text) {
  Response response;
  response.status = 400;
  response.body = std::move(text) + "\n";
  return response;
}

std::chrono::milliseconds TimeLimit(const Request& request,
                                    std::chrono::milliseconds module_limit) {
  const std::string header = request.Header("x-prometheus-scrape-timeout-seconds");
  double seconds = 0;
  const auto parsed = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (parsed.ec != std::errc() || !(seconds > 0) || seconds > 3600) return module_limit;
  const auto scrape = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return std::min(module_limit, std::max(scrape - kOffset, scrape / 2));
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// The host of a URL, as far as it takes to hold it against a list: what `run` makes of the URL is
// the same, or it is no URL.
std::string HostOf(const std::string& target) {
  const auto scheme = target.find("://");
  if (scheme == std::string::npos) return {};
  std::string authority = target.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  // An escape or a stray byte might be one host here and another to whoever connects.
  constexpr std::string_view kHostBytes =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]";
  if (authority.find_first_not_of(kHostBytes) != std::string::npos) return {};
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string::npos ? "" : Lower(authority.substr(1, end - 1));
  }
  return Lower(authority.substr(0, authority.find(':')));
}

std::string Explain(const vitals::ProbeResult& result, const ProbeModule& module) {
  std::ostringstream out;
  out << "Probe of " << result.url << (result.success ? " succeeded" : " failed") << " after "
      << result.duration.count() << " s\n";
  if (!result.success) {
    out << "reason " << ToString(*result.reason) << ", phase " << ToString(*result.phase) << ": "
        << result.detail << "\n";
    if (!result.hint.empty()) out << "hint: " << result.hint << "\n";
  }
  if (!result.address.empty()) {
    out << "address " << result.address;
    if (result.address_scope) out << " (" << ToString(*result.address_scope) << ")";
    out << "\n";
  }
  out << "\nMetrics that would have been returned:\n\n";
  WriteProbe(result, out);
  out << "\nModule configuration:\n\n" << module.description;
  return out.str();
}

// An IPv6 address may be written in many ways.
bool IsSameHost(const std::string& one, const std::string& other) {
  if (one == other) return true;
  boost::system::error_code bad_one, bad_other;
  const auto a = boost::asio::ip::make_address(one, bad_one);
  const auto b = boost::asio::ip::make_address(other, bad_other);
  return !bad_one && !bad_other && a == b;
}

}  // namespace

bool IsAllowed(const std::string& host, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
    if (!pattern.starts_with("*.")) return IsSameHost(host, Lower(pattern));
    const std::string suffix = Lower(pattern.substr(1));
    return host.size() > suffix.size() && host.ends_with(suffix);
  });
}

Handler ProbeHandler(std::function<std::map<std::string, ProbeModule>()> modules,
                     std::function<ProbeOutcome(const ProbeRequest&)> run) {
  return [modules = std::move(modules), run = std::move(run)](const Request& request) {
    std::string target = request.Query("target");
    if (target.empty()) return BadRequest("the parameter target is missing");
    // As with blackbox_exporter.
    if (target.find("://") == std::string::npos) target = "http://" + target;
    std::string name = request.Query("module");
    if (name.empty()) name = "default";
    const auto known = modules();
    const auto module = known.find(name);
    if (module == known.end()) return BadRequest("unknown module: " + CleanUtf8(name, 100));
    const std::string host = HostOf(target);
    if (host.empty()) {
      return BadRequest(
          "target: no URL, or one with a user name (allowed: like "
          "https://mcp.example.com/mcp)");
    }
    if (!IsAllowed(host, module->second.allowed_hosts)) {
      return BadRequest("the module " + name + " does not allow the host " + CleanUtf8(host, 255) +
                        ": add it to probe.modules." + name + ".allowed_hosts");
    }
    const ProbeOutcome outcome = run({target, name, TimeLimit(request, module->second.timeout)});
    if (!outcome.error.empty()) return BadRequest(outcome.error);
    Response response;
    if (request.Query("debug") == "true") {
      response.body = Explain(outcome.result, module->second);
      return response;
    }
    std::ostringstream text;
    WriteProbe(outcome.result, text);
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = std::move(text).str();
    return response;
  };
}

}  // namespace mcp_vitals::exporter
