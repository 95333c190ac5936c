#include "app/scaling_page.h"

#include <sstream>
#include <utility>

#include "app/scaling_html.h"
#include "app/scaling_json.h"
#include "exporter/html.h"

namespace mcp_vitals::app {

namespace {

using exporter::Request;
using exporter::Response;
using scaler::FleetReport;
using Fleets = std::vector<FleetReport>;

constexpr std::size_t kMaxShown = 50;

Response NotFound(std::string why) {
  Response response;
  response.status = 404;
  response.body = std::move(why) + "\n";
  return response;
}

bool WantsJson(const Request& request) {
  if (const std::string format = request.Query("format"); !format.empty()) return format == "json";
  const std::string accept = request.Header("accept");
  return accept.find("application/json") != std::string::npos &&
         accept.find("text/html") == std::string::npos;
}

// Fleet by fleet: of a thousand, the whole is large.
Response Json(Fleets fleets) {
  Response response;
  response.content_type = "application/json";
  response.stream = [fleets = std::move(fleets)](std::ostream& out) {
    out << "{\"fleets\":[";
    bool is_first = true;
    for (const FleetReport& fleet : fleets) {
      if (!out.good()) return;
      out << (is_first ? "" : ",") << FleetJson(fleet);
      is_first = false;
    }
    out << "]}\n";
  };
  return response;
}

Response Html(const Fleets& fleets) {
  std::ostringstream page;
  exporter::WriteHead(true, page);
  page << "<p class=\"soft\"><i class=\"key asked\"></i> pods asked for <i class=\"key seen\"></i> "
          "pods seen <i class=\"key blind\"></i> blind: KEDA gets an error</p>\n";
  std::size_t shown = 0;
  for (const bool troubled : {true, false}) {
    for (const FleetReport& fleet : fleets) {
      if (shown == kMaxShown || IsTroubled(fleet) != troubled) continue;
      WriteFleetHtml(fleet, page);
      ++shown;
    }
  }
  if (shown < fleets.size()) {
    page << "<p class=\"soft\">and " << fleets.size() - shown
         << " more: /scaling?fleet=NAME shows one</p>\n";
  }
  page << "<footer><small>looks again every 10 s · <a href=\"?format=json\">as "
          "JSON</a></small></footer></body></html>\n";
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(page).str();
  return response;
}

}  // namespace

exporter::Handler ScalingPage(std::function<Fleets()> report) {
  return [report = std::move(report)](const Request& request) {
    if (!report)
      return NotFound("there is no scaler here: the configuration has no section scaler");
    Fleets fleets = report();
    if (const std::string name = request.Query("fleet"); !name.empty()) {
      std::erase_if(fleets, [&](const FleetReport& fleet) { return fleet.fleet != name; });
      if (fleets.empty()) return NotFound("there is no fleet of that name here");
    }
    return WantsJson(request) ? Json(std::move(fleets)) : Html(fleets);
  };
}

}  // namespace mcp_vitals::app
