#include "app/config_proxy.h"

#include <charconv>
#include <string_view>

#include "app/config_limits.h"
#include "app/web_config.h"

namespace mcp_vitals::app {

namespace {

Parsed<net::Url> ParseUpstream(std::string_view text) {
  const auto url = net::ParseUrl(text);
  if (url && !url->https && url->target == "/") return *url;
  return Wrong{Quote(text) + " is no server behind the proxy (allowed: http://host:port)"};
}

// preserve, upstream, or the value itself.
Parsed<std::string> ParseHostHeader(const std::string& text) {
  const bool good = !text.empty() && text.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"
                                         "MNOPQRSTUVWXYZ0123456789.-_:[]") == std::string::npos;
  if (good) return text;
  return Wrong{Quote(text) +
               " is no Host header (allowed: preserve, upstream, or like mcp.example)"};
}

Parsed<proxy::Forwarded> ParseForwarded(const std::string& text) {
  if (text == "append") return proxy::Forwarded::kAppend;
  if (text == "replace") return proxy::Forwarded::kReplace;
  if (text == "preserve") return proxy::Forwarded::kPreserve;
  return Wrong{Quote(text) + " is not known (allowed: append, replace, preserve)"};
}

void ReadDrain(Section& section, proxy::DrainTimes& drain) {
  constexpr Milliseconds kMax = std::chrono::hours(1);
  drain.lame_duck = section.Duration("lame_duck", drain.lame_duck, kMax);
  drain.timeout = section.Duration("timeout", drain.timeout, kMax);
  if (drain.timeout <= drain.lame_duck) {
    section.Fail("timeout", "ends with the lame duck or before (allowed: more than lame_duck)");
  }
}

Parsed<double> ParseShare(const std::string& text) {
  double share = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, share);
  if (error == std::errc{} && stop == end && share >= 0 && share <= 1) return share;
  return Wrong{Quote(text) + " is no share (allowed: 0 to 1)"};
}

AccessLogConfig ReadAccessLog(Section& section) {
  AccessLogConfig log;
  log.sample = section.Value("sample", log.sample, "1", ParseShare);
  log.slow_call = section.Duration("slow_call", log.slow_call, std::chrono::hours(24));
  return log;
}

}  // namespace

void ReadProxy(Section& section, Config& config) {
  ProxyConfig proxy;
  proxy::Settings& settings = proxy.settings;
  proxy.server = section.Value("server", std::string(), "", ParseName);
  if (!section.Has("server")) section.Fail("server", "is missing (allowed: the server's name)");
  settings.listen = section.Value("listen", std::string("[::]:9786"), "[::]:9786", ParseListen);
  if (section.Has("tls")) {
    Section tls = section.Child("tls");
    settings.tls = ReadTlsServer(tls, config.file);
    std::string why;
    if (settings.tls->complete() && !net::MakeTlsServer(*settings.tls, why))
      section.Fail("tls", why);
    section.Put("tls", std::move(tls));
  }
  if (!section.Has("upstream")) {
    section.Fail("upstream", "is missing (allowed: http://host:port)");
  }
  const net::Url upstream = section.Value("upstream", net::Url(), "", ParseUpstream);
  settings.upstream_host = upstream.host;
  settings.upstream_port = upstream.port;
  const std::string host =
      section.Value("host_header", std::string("preserve"), "preserve", ParseHostHeader);
  settings.rewrite.host = host == "preserve" || host == "upstream" ? upstream.Authority() : host;
  settings.rewrite.host_header =
      host == "preserve" ? proxy::HostHeader::kPreserve : proxy::HostHeader::kReplace;
  settings.rewrite.forwarded =
      section.Value("forwarded", proxy::Forwarded::kAppend, "append", ParseForwarded);
  Section drain = section.Child("drain");
  ReadDrain(drain, settings.drain);
  section.Put("drain", std::move(drain));
  if (section.Has("access_log")) {
    Section log = section.Child("access_log");
    proxy.access_log = ReadAccessLog(log);
    settings.observer.read_traceparent = true;
    section.Put("access_log", std::move(log));
  }
  Section findings = section.Child("findings");
  settings.observer.silent =
      findings.Duration("silent", settings.observer.silent, std::chrono::hours(24));
  section.Put("findings", std::move(findings));
  Section limits = section.Child("limits");
  ReadLimits(limits, settings);
  section.Put("limits", std::move(limits));
  proxy.shown = section.text();
  config.proxy = std::move(proxy);
}

}  // namespace mcp_vitals::app
