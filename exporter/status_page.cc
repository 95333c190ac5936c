#include "exporter/status_page.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <sstream>
#include <vector>

#include "exporter/html.h"
#include "exporter/saturation_section.h"
#include "exporter/server_section.h"

namespace mcp_vitals::exporter {

namespace {

using vitals::ProbeResult;

constexpr std::size_t kMaxShown = 200;

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<meta name="viewport" content="width=device-width"><title>mcp-vitals</title><style>
:root{color-scheme:light dark;--line:#8884;--good:#1a7f4b;--bad:#c0392b;--soft:#888}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0}nav{margin:.3rem 0 1.4rem}nav a{margin-right:1rem}
article{border:1px solid var(--line);border-left:5px solid var(--good);border-radius:6px;
padding:.7rem 1rem;margin:.8rem 0}article.bad{border-left-color:var(--bad)}
article.none{border-left-color:var(--soft)}h2{font-size:1.05rem;margin:0}
h2 small{font-weight:normal}h2 b{color:var(--good)}.bad h2 b{color:var(--bad)}small,.soft{color:var(--soft)}
p{margin:.25rem 0;overflow-wrap:anywhere}
.bars{display:grid;grid-template-columns:6.5rem 1fr 5.5rem;gap:.1rem .6rem;font-size:.85rem;
margin-top:.5rem}.bars i{display:block;height:.7rem;margin-top:.3rem;background:#3b82c4;
border-radius:2px;min-width:2px}.bars span:nth-child(3n){text-align:right}
.bars i.at{background:var(--bad)}
.facts{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem;margin:.5rem 0}.facts b{font-size:1.25rem;
font-weight:600;display:block}table{border-collapse:collapse;width:100%;font-size:.85rem;
margin-top:.5rem}th,td{text-align:right;padding:.15rem .5rem;border-top:1px solid var(--line)}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}th{font-weight:normal;
color:var(--soft);border-top:0}ul.wrong{border-left:5px solid var(--bad);border-radius:6px;
padding:.6rem 1rem .6rem 2rem;margin:.8rem 0;background:#c0392b14}
</style></head><body><h1>mcp-vitals</h1>
<nav><a href="/metrics">metrics</a><a href="/config">configuration</a><a href="/-/ready">ready</a><a href="/-/healthy">healthy</a></nav>
)html";

std::string Milliseconds(vitals::Seconds spent) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f ms", spent.count() * 1000);
  return text;
}

std::string Expiry(std::chrono::sys_seconds not_after) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string days = std::to_string(std::abs((not_after - now) / std::chrono::days(1)));
  return not_after < now ? "expired " + days + " days ago" : days + " days left";
}

// A bar for each phase, placed where the ones before it end.
void WriteBars(const ProbeResult& result, std::ostream& out) {
  double total = 0;
  for (const auto& phase : result.phases) total += phase.value_or(vitals::Seconds{}).count();
  if (total <= 0) return;
  double before = 0;
  out << "<div class=\"bars\">";
  for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
    if (!result.phases[i]) continue;
    const auto phase = static_cast<vitals::Phase>(i);
    const double share = result.phases[i]->count() / total;
    out << "<span>" << ToString(phase) << "</span><span><i"
        << (result.phase == phase ? " class=\"at\"" : "") << " style=\"margin-left:" << before * 100
        << "%;width:" << share * 100 << "%\"></i></span><span>" << Milliseconds(*result.phases[i])
        << "</span>";
    before += share;
  }
  out << "</div>";
}

void WriteFacts(const ProbeResult& result, std::ostream& out) {
  out << "<p class=\"soft\">";
  if (!result.server_name.empty()) {
    out << Escape(result.server_name) << ' ' << Escape(result.server_version) << " · ";
  }
  if (!result.era.empty()) {
    out << result.era << " era · " << Escape(result.protocol_version) << " · " << result.transport
        << " · ";
  }
  if (result.tools) out << *result.tools << " tools · ";
  if (!result.address.empty()) out << Escape(result.address);
  if (result.address_scope) out << " (" << ToString(*result.address_scope) << ")";
  if (result.certificate && result.certificate->not_after) {
    out << " · certificate: " << Expiry(*result.certificate->not_after);
  }
  out << "</p>";
}

std::string_view SentenceOf(vitals::Layer layer) {
  switch (layer) {
    case vitals::Layer::kServer:
      return "At fault: the server, which answered the canary badly behind the proxy.";
    case vitals::Layer::kPath:
      return "At fault: what is in front of the proxy, behind which the canary was answered well.";
    case vitals::Layer::kUnknown:
      return "The canary did not come by this proxy.";
  }
  return "";
}

void WriteLayer(const vitals::TargetVitals& target, const vitals::ServerVitals& behind,
                std::ostream& out) {
  std::optional<vitals::InsideCanary> inside;
  const auto seen = behind.own_canaries.find(vitals::ProbeTag(target.target));
  if (seen != behind.own_canaries.end()) inside = seen->second;
  const auto layer = LayerAtFault(*target.last, inside);
  if (layer) out << "<p>" << SentenceOf(*layer) << "</p>";
}

// `behind`: null without a proxy.
void WriteTarget(const vitals::TargetVitals& target, const vitals::ServerVitals* behind,
                 std::ostream& out) {
  if (!target.last) {
    out << "<article class=\"none\"><h2>" << Escape(target.target)
        << " <small>not probed yet</small></h2></article>\n";
    return;
  }
  const ProbeResult& last = *target.last;
  out << "<article" << (last.success ? "" : " class=\"bad\"") << "><h2>" << Escape(target.target)
      << " <b>";
  if (last.success) {
    out << "healthy";
  } else {
    out << ToString(*last.reason) << " in " << ToString(*last.phase);
  }
  out << "</b> <small>" << Escape(last.url) << " · " << Milliseconds(last.duration)
      << "</small></h2>";
  if (!last.detail.empty()) out << "<p>" << Escape(last.detail) << "</p>";
  if (!last.hint.empty()) out << "<p class=\"soft\">" << Escape(last.hint) << "</p>";
  if (behind != nullptr) WriteLayer(target, *behind, out);
  WriteFacts(last, out);
  WriteBars(last, out);
  out << "</article>\n";
}

}  // namespace

Handler StatusPage(StatusSources sources) {
  return [sources = std::move(sources)](const Request&) {
    std::vector<std::string> failing, others;
    std::size_t all = 0;
    std::shared_ptr<const vitals::ServerVitals> behind;
    if (sources.behind) behind = sources.behind();
    std::vector<std::string> findings;
    if (behind) findings = FindingsOf(*behind);
    const vitals::SaturationReport saturation = sources.saturation.Get();
    for (std::string& finding : FindingsOf(saturation)) findings.push_back(std::move(finding));
    sources.probes.ForEach([&](const vitals::TargetVitals& target) {
      ++all;
      auto& list = target.last && !target.last->success ? failing : others;
      if (list.size() == kMaxShown) return;
      std::ostringstream html;
      WriteTarget(target, behind.get(), html);
      list.push_back(std::move(html).str());
    });
    std::ostringstream page;
    page << kHead;
    WriteFindings(findings, page);
    if (sources.behind && !behind) page << "<p class=\"bad\">The proxy does not answer.</p>\n";
    if (behind) WriteServerSection(sources.server, *behind, page);
    WriteSaturationSection(saturation, page);
    if (all == 0 && !sources.behind) {
      page << "<p>No target is configured: only /probe is served.</p>\n";
    }
    std::size_t shown = 0;
    for (const auto* list : {&failing, &others}) {
      for (const std::string& target : *list) {
        if (shown == kMaxShown) break;
        page << target;
        ++shown;
      }
    }
    if (shown < all) page << "<p class=\"soft\">and " << all - shown << " more</p>\n";
    page << "<footer><small>mcp-vitals " << Escape(sources.self.version)
         << " · looks again every 10 s</small></footer></body></html>\n";
    Response response;
    response.content_type = "text/html; charset=utf-8";
    response.body = std::move(page).str();
    return response;
  };
}

}  // namespace mcp_vitals::exporter
