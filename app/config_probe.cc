#include "app/config_probe.h"

#include <algorithm>

#include "app/config_target.h"

namespace mcp_vitals::app {

namespace {

std::shared_ptr<const probe::Target> ReadNamedTarget(Section& section, ConfigFiles& files,
                                                     Milliseconds timeout) {
  auto target = std::make_shared<probe::Target>();
  target->name = section.Value("name", std::string(), "", ParseName);
  if (!section.Has("name")) {
    section.Fail("name", "is missing (allowed: a name that no other target has)");
  }
  if (!section.Has("url")) section.Fail("url", "is missing (allowed: http://… or https://…)");
  target->url = section.Value("url", net::Url(), "", ParseTargetUrl, PublicUrl);
  ReadTarget(section, files, timeout, *target);
  return target;
}

Parsed<std::string> ParseAllowedHost(std::string host) {
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string_view name = std::string_view(host).substr(host.starts_with("*.") ? 2 : 0);
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_:";
  if (!name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos) return host;
  return Wrong{Quote(host) + " is no host (allowed: like mcp.example.com or *.example.com)"};
}

Module ReadModule(Section& section, ConfigFiles& files, Milliseconds timeout) {
  Module module;
  for (const std::string& text : section.Texts("allowed_hosts")) {
    const auto host = ParseAllowedHost(text);
    if (host) {
      module.allowed_hosts.push_back(*host);
    } else {
      section.Fail("allowed_hosts", host.error().why);
    }
  }
  auto target = std::make_shared<probe::Target>();
  ReadTarget(section, files, timeout, *target);
  module.target = std::move(target);
  module.shown = section.text();
  return module;
}

}  // namespace

void ReadProbe(Section& section, ConfigFiles& files, Config& config) {
  constexpr Milliseconds kMaxInterval = std::chrono::hours(24);
  probe::Schedule& schedule = config.schedule;
  schedule.interval = section.Duration("interval", schedule.interval, kMaxInterval);
  schedule.retry_interval =
      section.Duration("retry_interval", schedule.retry_interval, kMaxInterval);
  const Milliseconds timeout =
      section.Duration("timeout", std::chrono::seconds(10), kMaxProbeTimeout);
  schedule.max_concurrent = section.Count("max_concurrent", schedule.max_concurrent, 4096);
  config.vantage = section.Value("vantage", std::string(), "", ParseName);

  std::map<std::string, int> lines;
  section.Each("targets", [&](Section& item) {
    auto target = ReadNamedTarget(item, files, timeout);
    const auto [first, is_new] = lines.emplace(target->name, item.line());
    if (!is_new && !target->name.empty()) {
      item.Fail("name", Quote(target->name) + " is also the name of the target in line " +
                            std::to_string(first->second) + " (allowed: names that differ)");
    }
    config.targets.push_back(std::move(target));
  });
  section.EachNamed("modules", [&](const std::string& name, Section& item) {
    config.modules[name] = ReadModule(item, files, timeout);
  });
}

}  // namespace mcp_vitals::app
