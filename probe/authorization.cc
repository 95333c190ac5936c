#include "probe/authorization.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "mcp/headers.h"
#include "mcp/json_pointer.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Reason;

constexpr std::size_t kMaxMetadata = 64 * 1024;
constexpr std::size_t kMaxListed = 4;
constexpr std::string_view kWellKnown = "/.well-known/oauth-protected-resource";

// One document from the target's origin; nothing on any failure, none of which is the probe's.
net::Task<std::optional<std::string>> Fetch(Run& run, net::Url url, net::Deadline deadline) {
  net::HttpRequest request;
  request.target = url.target;
  request.headers.emplace_back("Host", url.Authority());
  request.headers.emplace_back("Accept", "application/json");
  auto answer = co_await AskAside(*run.target, url, std::move(request), kMaxMetadata, deadline);
  if (!answer || answer->status != 200) co_return std::nullopt;
  co_return std::move(answer->body);
}

// The strings of the array `name`, the first few of them, between commas.
std::string Strings(std::string_view metadata, const std::string& name) {
  std::string list;
  for (std::size_t i = 0; i < kMaxListed; ++i) {
    const auto item = mcp::FindJson(metadata, "/" + name + "/" + std::to_string(i));
    if (!item || !*item || (*item)->type != mcp::JsonType::kString) break;
    list += (list.empty() ? "" : ", ") + Printable((*item)->scalar);
  }
  return list;
}

// Where the metadata may be, most exact first: as the challenge says, below the well-known path
// with the endpoint's own path, at its root.
std::vector<net::Url> Candidates(const net::Url& endpoint, std::string_view challenge) {
  std::vector<net::Url> candidates;
  const std::string named = ChallengeParameter(challenge, "resource_metadata");
  if (!named.empty()) {
    const auto url = net::ParseUrl(named);
    if (url && net::SameOrigin(*url, endpoint)) candidates.push_back(*url);
  }
  const std::string path = endpoint.target.substr(0, endpoint.target.find('?'));
  for (const std::string& suffix : {path == "/" ? "" : path, std::string()}) {
    net::Url url = endpoint;
    url.target = std::string(kWellKnown) + suffix;
    if (candidates.empty() || candidates.back().target != url.target) candidates.push_back(url);
  }
  return candidates;
}

}  // namespace

std::string ChallengeParameter(std::string_view challenge, std::string_view parameter) {
  for (std::size_t at = challenge.find('='); at != std::string_view::npos;
       at = challenge.find('=', at + 1)) {
    if (at < parameter.size()) continue;
    const std::size_t name_at = at - parameter.size();
    const bool starts = name_at == 0 || challenge[name_at - 1] == ' ' ||
                        challenge[name_at - 1] == ',' || challenge[name_at - 1] == '\t';
    if (!starts || !mcp::EqualHeaderNames(challenge.substr(name_at, parameter.size()), parameter)) {
      continue;
    }
    std::string_view value = challenge.substr(at + 1);
    if (!value.starts_with('"')) return std::string(value.substr(0, value.find_first_of(", \t")));
    value.remove_prefix(1);
    return std::string(value.substr(0, value.find('"')));
  }
  return {};
}

net::Task<void> RecordAuthorizationFailure(Run& run, const net::HttpHead& head) {
  const std::string challenge(head.Find("WWW-Authenticate"));
  const std::string error = ChallengeParameter(challenge, "error");
  std::string detail = "answered HTTP " + std::to_string(head.status);
  if (!error.empty()) detail += " (" + Printable(error, 60) + ")";
  std::string hint =
      head.status == 401  ? "Give the probe a token (credentials_file, --bearer-token-file)."
      : challenge.empty() ? "The server may refuse this Origin or Host, or the token's rights."
                          : "The token lacks a right that the server wants.";
  run.Fail({Reason::kAuthRequired, detail, hint});
  // Half of the time that is left at most: this is an extra.
  const net::Deadline until = net::Clock::now() + (run.deadline - net::Clock::now()) / 2;
  run.http.reset();
  for (const net::Url& candidate : Candidates(run.url, challenge)) {
    const auto metadata = co_await Fetch(run, candidate, until);
    if (!metadata) continue;
    std::string servers = Strings(*metadata, "authorization_servers");
    if (servers.empty()) continue;
    std::string scopes = Strings(*metadata, "scopes_supported");
    run.HideSecrets(servers);
    run.HideSecrets(scopes);
    run.result.resource_metadata = servers;
    run.result.detail += "; tokens come from " + servers;
    if (!scopes.empty()) run.result.detail += " (scopes " + scopes + ")";
    break;
  }
}

}  // namespace mcp_vitals::probe
