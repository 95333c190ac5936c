#include "app/vitals_page.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "app/echoes.h"
#include "app/member.h"
#include "app/snapshot_json.h"
#include "net/base64.h"

namespace mcp_vitals::app {

namespace {

using exporter::Request;
using exporter::Response;

constexpr std::size_t kMaxFleetName = 1024;
constexpr std::size_t kMaxEcho = std::size_t{8} << 10;  // of the header's value

Response Refusal(int status, std::string why) {
  Response response;
  response.status = status;
  response.body = std::move(why) + "\n";
  return response;
}

struct Page {
  explicit Page(Member& m) : member(m) {}
  Response Answer(const Request& request);

  Member& member;
  Echoes echoes;
};

Response Page::Answer(const Request& request) {
  const std::string format = request.Query("format");
  if (!format.empty() && format != "json" && format != "protobuf") {
    return Refusal(400, "format: only json and protobuf are known");
  }
  const std::string fleet = request.Query("fleet");
  if (fleet.size() > kMaxFleetName) return Refusal(400, "fleet: longer than 1 KiB");
  const std::string header = request.Header("mcp-vitals-echo");
  std::optional<std::string> echo;
  if (!header.empty()) {
    if (header.size() <= kMaxEcho) echo = net::DecodeBase64(header);
    if (!echo) return Refusal(400, "Mcp-Vitals-Echo: no base64 of at most 8 KiB");
  }
  auto seen = member.Look();
  if (const auto* unknown = std::get_if<Member::Unknown>(&seen)) {
    return Refusal(unknown->status, unknown->why);
  }
  auto& snapshot = std::get<vitals::Snapshot>(seen);
  snapshot.echo = echoes.Exchange(fleet, std::move(echo));
  Response response;
  const bool json = format == "json";
  response.content_type = json ? "application/json" : "application/x-protobuf";
  response.body = json ? SnapshotJson(snapshot) : Encode(snapshot);
  return response;
}

}  // namespace

exporter::Handler VitalsPage(Member& member) {
  return [page = std::make_shared<Page>(member)](const Request& request) {
    return page->Answer(request);
  };
}

}  // namespace mcp_vitals::app
