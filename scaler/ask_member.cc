#include "scaler/ask_member.h"

#include <utility>

#include "net/base64.h"
#include "net/error.h"

namespace mcp_vitals::scaler {

namespace {

net::HttpLimits Limits() {
  net::HttpLimits limits;
  limits.head = std::size_t{16} << 10;
  limits.body = std::size_t{4} << 20;
  return limits;
}

net::HttpRequest RequestFor(const MemberRequest& member) {
  net::HttpRequest request;
  request.target = "/vitals?fleet=" + member.fleet;
  request.headers = {{"Host", member.host}, {"User-Agent", member.user_agent}};
  if (!member.authorization.empty()) {
    request.headers.emplace_back("Authorization", member.authorization);
  }
  if (!member.echo.empty()) {
    request.headers.emplace_back("Mcp-Vitals-Echo", net::EncodeBase64(member.echo));
  }
  return request;
}

MemberAnswer Failed(std::string why) { return {std::nullopt, std::move(why)}; }

}  // namespace

net::Task<MemberAnswer> AskMember(std::shared_ptr<const MemberRequest> request,
                                  std::optional<net::HttpClient>& client, net::Deadline deadline) {
  const bool is_kept = client && client->reusable();
  if (!is_kept) {
    client.reset();
    net::DialTrace unused;
    auto connection = co_await net::Dial(request->endpoint, deadline, unused);
    if (!connection) co_return Failed(connection.error().message());
    client.emplace(std::move(*connection), Limits());
  }
  auto head = co_await client->Exchange(RequestFor(*request), deadline);
  if (!head) co_return Failed(head.error().message());
  const auto body = co_await client->ReadAll(deadline);
  // A member that closes after its answer waits for us to do so too.
  if (!client->reusable()) client.reset();
  if (!body) co_return Failed(body.error().message());
  if (head->status != 200) co_return Failed("answered HTTP " + std::to_string(head->status));
  auto snapshot = vitals::DecodeSnapshot(*body);
  if (!snapshot) co_return Failed("its answer is no snapshot");
  co_return MemberAnswer{std::move(snapshot), ""};
}

}  // namespace mcp_vitals::scaler
