#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "probe/run.h"

// HTTP as a probe needs it: connections opened and kept, redirects, credentials.
namespace mcp_vitals::probe {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A new connection to `url`'s origin, by the target's address, resolver and TLS settings. Nothing
// on failure, which is recorded with the phase of the dial.
net::Task<std::optional<net::HttpClient>> Open(Run& run, net::Url url, net::Deadline deadline);

// How to reach `url` for this target.
net::Endpoint EndpointOf(const Target& target, const net::Url& url);

std::string UserAgent(const Prober& prober);

// What every request to the endpoint carries: Host, User-Agent, credentials, the target's headers
// and the probe's token. To another origin than the target's go neither credentials nor headers.
Headers CommonHeaders(const Run& run, const net::Url& url);

// The media type, whatever parameters follow it.
bool HasMediaType(const net::HttpHead& head, std::string_view type);

// Sends a request to the run's endpoint on the kept connection (or a new one) and reads the
// answer's head; follows redirects where the target allows them. Nothing on failure, which is
// recorded in the current phase. The body is to be read from `run.http`.
net::Task<std::optional<net::HttpHead>> Send(Run& run, std::string method, Headers headers,
                                             std::string body);

// The rest of the body of the answer that Send began; nothing on failure, which is recorded.
net::Task<std::optional<std::string>> ReadBody(Run& run);
// The same of an answer whose status says that it failed, as far as it can be had: at most 64 KiB.
net::Task<std::string> ReadErrorBody(Run& run);

inline constexpr std::size_t kExcerpt = 200;  // bytes of a body that a failure quotes

struct SideAnswer {
  int status = 0;
  std::string body;
};

// One exchange beside the probe's own, on a connection of its own: nothing is recorded, and nothing
// comes back when it failed. A body is not read where none is allowed (0).
net::Task<std::optional<SideAnswer>> AskAside(const Target& target, net::Url url,
                                              net::HttpRequest request, std::size_t max_body,
                                              net::Deadline deadline);

}  // namespace mcp_vitals::probe
