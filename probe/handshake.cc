#include "probe/handshake.h"

#include <algorithm>
#include <utility>

#include "probe/http_sse.h"
#include "probe/streamable_http.h"
#include "probe/tools.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Phase;
using vitals::Reason;

mcp::Implementation Client(const Run& run) {
  return {run.prober.client_name, run.prober.client_version};
}

void RememberServer(Run& run, const mcp::Message& message) {
  if (!message.server) return;
  run.result.server_name = Printable(message.server->name, 128);
  run.result.server_version = Printable(message.server->version, 128);
}

void RememberDialect(Run& run, mcp::Version version, mcp::Transport transport) {
  run.result.era = ToString(EraOf(version));
  run.result.protocol_version = ToString(version);
  run.result.transport = ToString(transport);
}

std::string Listed(const std::vector<std::string>& versions) {
  std::string text;
  for (const std::string& version : versions) {
    text += (text.empty() ? "" : ", ") + Printable(version, 32);
  }
  return text.empty() ? "none" : text;
}

// The newest of the server's versions that we speak, in the era asked for.
std::optional<mcp::Version> Common(const std::vector<std::string>& offered, mcp::Era era) {
  std::optional<mcp::Version> best;
  for (const std::string& text : offered) {
    const auto version = mcp::ParseVersion(text);
    if (version && EraOf(*version) == era && (!best || *version > *best)) best = version;
  }
  return best;
}

bool IsError(const Reply& reply, std::int64_t code) {
  return reply.message && reply.message->kind == mcp::Message::Kind::kError &&
         reply.message->error.code == code;
}

net::Task<std::optional<Reply>> CallDiscover(Run& run, Channel& channel) {
  run.Enter(Phase::kDiscover);
  const std::int64_t id = run.prober.NextRequestId();
  std::string body = mcp::DiscoverRequest(id, Client(run));
  co_return co_await channel.Call(run, id, std::move(body),
                                  RequestHeaders(mcp::kNewest, "server/discover", ""));
}

// A server that refuses the version and yet lists it is asked once more, as the specification has
// it.
net::Task<std::optional<Reply>> Discover(Run& run, Channel& channel) {
  auto reply = co_await CallDiscover(run, channel);
  const bool listed = reply && IsError(*reply, mcp::code::kUnsupportedProtocolVersion) &&
                      Common(reply->message->error.supported, mcp::Era::kModern);
  if (listed) reply = co_await CallDiscover(run, channel);
  co_return reply;
}

// What a reply to server/discover settles.
enum class Verdict { kModern, kLegacy, kUnclear, kFailed };

Verdict Judge(Run& run, const Reply& reply) {
  const bool is_result =
      reply.message && reply.status == 200 && reply.message->kind == mcp::Message::Kind::kResult;
  if (is_result && reply.message->supported_versions) {
    const std::vector<std::string>& offered = *reply.message->supported_versions;
    if (Common(offered, mcp::Era::kModern)) return Verdict::kModern;
    if (Common(offered, mcp::Era::kLegacy)) return Verdict::kLegacy;
    run.Fail({Reason::kVersionMismatch, "the server speaks only " + Listed(offered), ""});
    return Verdict::kFailed;
  }
  if (IsError(reply, mcp::code::kUnsupportedProtocolVersion)) {
    if (Common(reply.message->error.supported, mcp::Era::kLegacy)) return Verdict::kLegacy;
    run.Fail(ReplyFailure(run, reply, Reason::kInitError));
    return Verdict::kFailed;
  }
  if (IsError(reply, mcp::code::kHeaderMismatch) ||
      IsError(reply, mcp::code::kMissingClientCapability)) {
    run.Fail(ReplyFailure(run, reply, Reason::kInitError));
    return Verdict::kFailed;
  }
  if (reply.status == 429) {
    run.Fail(ReplyFailure(run, reply, Reason::kInitError));
    return Verdict::kFailed;
  }
  return Verdict::kUnclear;
}

Greeted TakeModern(Run& run, const Reply& reply, std::unique_ptr<Channel> channel) {
  run.known_mcp = true;
  const mcp::Version version = *Common(*reply.message->supported_versions, mcp::Era::kModern);
  RememberServer(run, *reply.message);
  RememberDialect(run, version, mcp::Transport::kStreamableHttp);
  return {std::move(channel), version, {mcp::Era::kModern, mcp::Transport::kStreamableHttp}};
}

// The version that a server answered initialize with, if we can speak it.
std::optional<mcp::Version> Agree(Run& run, const mcp::Message& result, mcp::Version asked) {
  if (!result.protocol_version) {
    run.Fail({Reason::kProtocolError, "the result of initialize names no protocol version", ""});
    return std::nullopt;
  }
  const auto version = mcp::ParseVersion(*result.protocol_version);
  const bool usable = version && EraOf(*version) == mcp::Era::kLegacy;
  if (!usable || (run.target->protocol && *version != asked)) {
    run.Fail({Reason::kVersionMismatch,
              "asked for " + std::string(ToString(asked)) + ", the server offers " +
                  Printable(*result.protocol_version, 32),
              ""});
    return std::nullopt;
  }
  return version;
}

// From the reply to initialize to a server that may be asked.
net::Task<std::optional<Greeted>> FinishInitialize(Run& run, std::unique_ptr<Channel> channel,
                                                   Reply reply, mcp::Version asked,
                                                   mcp::Transport transport) {
  const mcp::Message* result = ResultOf(run, reply, Reason::kInitError);
  if (result == nullptr) co_return std::nullopt;
  RememberServer(run, *result);
  const auto version = Agree(run, *result, asked);
  if (!version) co_return std::nullopt;
  RememberDialect(run, *version, transport);
  if (run.session) run.session->version = ToString(*version);
  if (!co_await channel->Notify(run, mcp::InitializedNotification())) co_return std::nullopt;
  co_return Greeted{std::move(channel), *version, {mcp::Era::kLegacy, transport}};
}

net::Task<std::optional<Reply>> CallInitialize(Run& run, Channel& channel, mcp::Version version) {
  const std::int64_t id = run.prober.NextRequestId();
  std::string body = mcp::InitializeRequest(id, version, Client(run));
  co_return co_await channel.Call(run, id, std::move(body), Headers());
}

}  // namespace

net::Task<std::optional<Greeted>> GreetModern(Run& run) {
  auto channel = std::make_unique<StreamableHttp>(mcp::Era::kModern);
  const auto reply = co_await Discover(run, *channel);
  if (!reply) co_return std::nullopt;
  const Verdict verdict = Judge(run, *reply);
  if (verdict == Verdict::kModern) co_return TakeModern(run, *reply, std::move(channel));
  if (verdict == Verdict::kLegacy) {
    run.Fail({Reason::kVersionMismatch, "the server speaks only older versions", ""});
  } else if (verdict == Verdict::kUnclear && ResultOf(run, *reply, Reason::kInitError) != nullptr) {
    run.Fail({Reason::kProtocolError, "the result of server/discover names no versions", ""});
  }
  co_return std::nullopt;
}

net::Task<std::optional<Greeted>> GreetLegacy(Run& run, mcp::Version version) {
  run.Enter(Phase::kInitialize);
  auto channel = std::make_unique<StreamableHttp>(mcp::Era::kLegacy);
  auto reply = co_await CallInitialize(run, *channel, version);
  if (!reply) co_return std::nullopt;
  co_return co_await FinishInitialize(run, std::move(channel), std::move(*reply), version,
                                      mcp::Transport::kStreamableHttp);
}

net::Task<std::optional<Greeted>> GreetHttpSse(Run& run, mcp::Version version) {
  run.Enter(Phase::kInitialize);
  auto channel = co_await HttpSse::Connect(run);
  if (!channel) co_return std::nullopt;
  auto reply = co_await CallInitialize(run, *channel, version);
  if (!reply) co_return std::nullopt;
  co_return co_await FinishInitialize(run, std::move(channel), std::move(*reply), version,
                                      mcp::Transport::kHttpSse);
}

net::Task<std::optional<Greeted>> Detect(Run& run) {
  auto modern = std::make_unique<StreamableHttp>(mcp::Era::kModern);
  const auto discovered = co_await Discover(run, *modern);
  if (!discovered) co_return std::nullopt;
  const Verdict verdict = Judge(run, *discovered);
  if (verdict == Verdict::kFailed) co_return std::nullopt;
  if (verdict == Verdict::kModern) co_return TakeModern(run, *discovered, std::move(modern));

  run.Enter(Phase::kInitialize);
  auto legacy = std::make_unique<StreamableHttp>(mcp::Era::kLegacy);
  auto reply = co_await CallInitialize(run, *legacy, mcp::kNewestLegacy);
  if (!reply) co_return std::nullopt;
  const bool refused = reply->status == 400 || reply->status == 404 || reply->status == 405;
  if (!refused) {
    co_return co_await FinishInitialize(run, std::move(legacy), std::move(*reply),
                                        mcp::kNewestLegacy, mcp::Transport::kStreamableHttp);
  }
  // The older transport's stream may be at this path. If not, what POST was answered says more than
  // what GET was.
  run.http.reset();
  const Failure refusal = ReplyFailure(run, *reply, Reason::kInitError);
  const auto status = run.result.http_status;
  auto greeted = co_await GreetHttpSse(run, mcp::kNewestLegacy);
  const bool no_stream =
      !greeted && (run.result.reason == Reason::kHttpError || run.result.reason == Reason::kNotMcp);
  if (no_stream) {
    run.Forgive();
    run.result.http_status = status;
    run.Fail(refusal);
  }
  co_return greeted;
}

}  // namespace mcp_vitals::probe
