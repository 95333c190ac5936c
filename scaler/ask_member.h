#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/connection.h"
#include "net/http_client.h"
#include "scaler/members.h"
#include "vitals/snapshot.h"

namespace mcp_vitals::scaler {

// How one member is asked.
struct MemberRequest {
  net::Endpoint endpoint;
  std::string host;   // for the header Host
  std::string fleet;  // of letters, digits, ".", "_" and "-"
  std::string user_agent;
  std::string authorization;  // the whole header; "" for none
  std::string echo;           // what it is to echo from now on; bytes, "" for nothing
};

// A member's snapshot, or why there is none, in a few words.
struct MemberAnswer {
  std::optional<vitals::Snapshot> snapshot;
  std::string why;
};

// Asks a member for its vitals once, by `deadline`. `client` is the connection of the time before,
// or none, and is left for the next one. Never throws for anything that a member does.
net::Task<MemberAnswer> AskMember(std::shared_ptr<const MemberRequest> request,
                                  std::optional<net::HttpClient>& client, net::Deadline deadline);

}  // namespace mcp_vitals::scaler
