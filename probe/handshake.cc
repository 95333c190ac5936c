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
  run.HideSecrets(run.result.server_name);
  run.HideSecrets(run.result.server_version);
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

// What came of server/discover.
enum class Discovery {
  kModern,
  kNoOther,  // no other dialect could do better: the failure stands
  kOther,    // answered, and not as the modern era does
  kDeaf,     // not answered, as by a server that does not know what it was asked
};

Discovery Judge(Run& run, const Reply& reply) {
  const bool is_result =
      reply.message && reply.status == 200 && reply.message->kind == mcp::Message::Kind::kResult;
  if (is_result && reply.message->supported_versions) {
    const std::vector<std::string>& offered = *reply.message->supported_versions;
    if (Common(offered, mcp::Era::kModern)) return Discovery::kModern;
    run.Fail({Reason::kVersionMismatch, "the server speaks only " + Listed(offered), ""});
    return Common(offered, mcp::Era::kLegacy) ? Discovery::kOther : Discovery::kNoOther;
  }
  if (IsError(reply, mcp::code::kMethodNotFound)) {
    run.Fail({Reason::kVersionMismatch,
              "the server does not know server/discover, with which 2026-07-28 begins", ""});
    return Discovery::kOther;
  }
  if (ResultOf(run, reply, Reason::kInitError) != nullptr) {
    run.Fail({Reason::kProtocolError, "the result of server/discover names no versions", ""});
    return Discovery::kOther;
  }
  if (IsError(reply, mcp::code::kUnsupportedProtocolVersion)) {
    const bool older = Common(reply.message->error.supported, mcp::Era::kLegacy).has_value();
    return older ? Discovery::kOther : Discovery::kNoOther;
  }
  const bool final = reply.status == 429 || IsError(reply, mcp::code::kHeaderMismatch) ||
                     IsError(reply, mcp::code::kMissingClientCapability);
  return final ? Discovery::kNoOther : Discovery::kOther;
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

// After a first request without an answer: whether that may be the manner of a server that does not
// know what it was asked. Without a connection, or in other kinds of trouble, no dialect helps.
bool MayBeDeaf(const Run& run) {
  if (*run.result.phase < Phase::kDiscover) return false;
  switch (*run.result.reason) {
    case Reason::kTimeout:
    case Reason::kConnectionError:
    case Reason::kStreamCut:
    case Reason::kNotMcp:
    case Reason::kProtocolError:
      return true;
    default:
      return false;
  }
}

// server/discover, and what to make of it. A failure is recorded in all cases but kModern.
net::Task<Discovery> TryModern(Run& run, std::optional<Greeted>& greeted) {
  auto channel = std::make_unique<StreamableHttp>(mcp::Era::kModern);
  const auto strays = static_cast<std::ptrdiff_t>(run.strays.size());
  const auto reply = co_await Discover(run, *channel);
  if (!reply) co_return MayBeDeaf(run) ? Discovery::kDeaf : Discovery::kNoOther;
  const Discovery discovery = Judge(run, *reply);
  if (discovery != Discovery::kModern) co_return discovery;
  // The modern era has no sessions: an id that came with the answer names none.
  run.strays.erase(run.strays.begin() + strays, run.strays.end());
  greeted = TakeModern(run, *reply, std::move(channel));
  co_return discovery;
}

net::Task<std::optional<Greeted>> InitializeOver(Run& run, std::unique_ptr<HttpSse> stream,
                                                 mcp::Version version) {
  auto reply = co_await CallInitialize(run, *stream, version);
  if (!reply) co_return std::nullopt;
  co_return co_await FinishInitialize(run, std::move(stream), std::move(*reply), version,
                                      mcp::Transport::kHttpSse);
}

// Initialize, then GET for an event stream. `is_modern`: the server refused by 2026-07-28's rules.
net::Task<std::optional<Greeted>> DetectLegacy(Run& run, bool& is_modern) {
  run.Enter(Phase::kInitialize);
  auto legacy = std::make_unique<StreamableHttp>(mcp::Era::kLegacy);
  auto reply = co_await CallInitialize(run, *legacy, mcp::kNewestLegacy);
  if (!reply) co_return std::nullopt;
  is_modern = IsError(*reply, mcp::code::kUnsupportedProtocolVersion);
  const bool refused = reply->status == 400 || reply->status == 404 || reply->status == 405;
  if (!refused || is_modern) {
    co_return co_await FinishInitialize(run, std::move(legacy), std::move(*reply),
                                        mcp::kNewestLegacy, mcp::Transport::kStreamableHttp);
  }
  run.http.reset();
  const auto status = run.result.http_status;
  auto stream = co_await HttpSse::Connect(run);
  if (stream) co_return co_await InitializeOver(run, std::move(stream), mcp::kNewestLegacy);
  // What POST was answered says more than what GET was; unless GET opened a stream, and all that
  // POST got was a status.
  const bool post_says_more = reply->message || run.result.reason == Reason::kHttpError ||
                              run.result.reason == Reason::kNotMcp;
  if (post_says_more) {
    run.Restore({ReplyFailure(run, *reply, Reason::kInitError), Phase::kInitialize, status});
  }
  co_return std::nullopt;
}

// When every dialect has failed: whether what came of server/discover says more than `last`.
bool TellsMore(Discovery discovery, const Recorded& first, Reason last) {
  return discovery == Discovery::kDeaf &&
         (last == first.failure.reason || last == Reason::kHttpError);
}

}  // namespace

net::Task<std::optional<Greeted>> GreetModern(Run& run) {
  std::optional<Greeted> greeted;
  co_await TryModern(run, greeted);
  co_return greeted;
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
  auto stream = co_await HttpSse::Connect(run);
  if (!stream) co_return std::nullopt;
  co_return co_await InitializeOver(run, std::move(stream), version);
}

net::Task<std::optional<Greeted>> Detect(Run& run) {
  std::optional<Greeted> greeted;
  run.keep_half = true;
  const Discovery discovery = co_await TryModern(run, greeted);
  run.keep_half = false;
  if (discovery == Discovery::kModern || discovery == Discovery::kNoOther) co_return greeted;
  Recorded first = run.Forgive();
  if (discovery == Discovery::kDeaf) run.http.reset();
  bool is_modern = false;
  greeted = co_await DetectLegacy(run, is_modern);
  if (greeted) {
    greeted->is_sure = discovery != Discovery::kDeaf;
    co_return greeted;
  }
  if (!is_modern && !TellsMore(discovery, first, *run.result.reason)) co_return std::nullopt;
  // A modern server that was only slow (a cold start) is given the rest of the time.
  const bool was_slow =
      first.failure.reason == Reason::kTimeout && run.result.reason != Reason::kTimeout;
  if (was_slow) {
    run.Forgive();
    run.http.reset();
    co_return co_await GreetModern(run);
  }
  run.Restore(std::move(first));
  co_return std::nullopt;
}

}  // namespace mcp_vitals::probe
