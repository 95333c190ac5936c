#include "exporter/status_page.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <sstream>
#include <vector>

#include "exporter/html.h"
#include "exporter/saturation_section.h"
#include "exporter/scaler_section.h"
#include "exporter/server_section.h"

namespace mcp_vitals::exporter {

namespace {

using vitals::ProbeResult;

constexpr std::size_t kMaxShown = 200;

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
    vitals::ScalerVitals scaler;
    if (sources.scaler) scaler = sources.scaler();
    for (std::string& finding : FindingsOf(scaler)) findings.push_back(std::move(finding));
    sources.probes.ForEach([&](const vitals::TargetVitals& target) {
      ++all;
      auto& list = target.last && !target.last->success ? failing : others;
      if (list.size() == kMaxShown) return;
      std::ostringstream html;
      WriteTarget(target, behind.get(), html);
      list.push_back(std::move(html).str());
    });
    std::ostringstream page;
    WriteHead(sources.scaler != nullptr, page);
    WriteFindings(findings, page);
    if (sources.behind && !behind) page << "<p class=\"bad\">The proxy does not answer.</p>\n";
    if (behind) WriteServerSection(sources.server, *behind, page);
    WriteSaturationSection(saturation, page);
    WriteScalerSection(scaler, page);
    if (all == 0 && !sources.behind && !sources.scaler) {
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
