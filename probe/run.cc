#include "probe/run.h"

#include <utility>

#include "mcp/headers.h"
#include "probe/address_scope.h"
#include "probe/redact.h"

namespace mcp_vitals::probe {

namespace {

constexpr int kMaxAsked = 64;  // a ping a second, for as long as most calls take

std::size_t Index(vitals::Phase phase) { return static_cast<std::size_t>(phase); }

void Add(std::optional<vitals::Seconds>& sum, net::Clock::duration spent) {
  sum = sum.value_or(vitals::Seconds{}) + spent;
}

}  // namespace

Run::Run(Prober& shared, std::shared_ptr<const Target> what, net::Deadline until)
    : prober(shared), target(std::move(what)), deadline(until), answer_by(until), url(target->url) {
  result.target = target->name;
  result.url = url.ToString();
  result.started = std::chrono::system_clock::now();
}

void Run::Enter(vitals::Phase next) {
  Leave();
  phase = next;
  phase_began_ = net::Clock::now();
  counting_ = true;
}

void Run::Leave() {
  if (!counting_) return;
  counting_ = false;
  Add(result.phases[Index(phase)], net::Clock::now() - phase_began_);
}

void Run::Take(const net::DialTrace& trace) {
  const auto add = [&](vitals::Phase step, const std::optional<net::Clock::duration>& spent) {
    if (!spent) return;
    Add(result.phases[Index(step)], *spent);
    phase_began_ += *spent;
  };
  add(vitals::Phase::kResolve, trace.resolve);
  add(vitals::Phase::kConnect, trace.connect);
  add(vitals::Phase::kTls, trace.tls);
  if (trace.address) {
    result.address = trace.address->to_string();
    result.address_scope = ScopeOf(*trace.address);
  }
  if (!trace.tls_version.empty()) result.tls_version = trace.tls_version;
  if (trace.certificate) {
    const net::CertificateFacts& facts = *trace.certificate;
    result.certificate =
        vitals::Certificate{facts.not_after, facts.earliest_not_after, Printable(facts.issuer, 256),
                            Printable(facts.subject, 256), facts.verification};
  }
}

void Run::Fail(Failure failure, vitals::Phase in) {
  if (failed()) return;
  result.reason = failure.reason;
  result.phase = in;
  result.detail = std::move(failure.detail);
  result.hint = std::move(failure.hint);
  HideSecrets(result.detail);
}

bool Run::MayReply() {
  if (++asked <= kMaxAsked) return true;
  Fail({vitals::Reason::kProtocolError,
        "the server asks the client one thing after another, and owes an answer", ""});
  return false;
}

void Run::HideSecrets(std::string& text) const {
  RedactHeader(text, authorization);
  Redact(text, prober.probe_token);
  for (const auto& [name, value] : target->headers) {
    if (!mcp::EqualHeaderNames(name, "Host")) RedactHeader(text, value);
  }
  if (session) Redact(text, session->id);
  for (const LegacySession& stray : strays) Redact(text, stray.id);
  // A key in the target's own query, the session in that of an `endpoint` event.
  RedactQuery(text, target->url.target);
  RedactQuery(text, url.target);
}

Recorded Run::Forgive() {
  Recorded recorded{{*result.reason, std::move(result.detail), std::move(result.hint)},
                    *result.phase,
                    result.http_status};
  result.reason.reset();
  result.phase.reset();
  result.detail.clear();
  result.hint.clear();
  return recorded;
}

void Run::Restore(Recorded recorded) {
  result.reason.reset();
  Fail(std::move(recorded.failure), recorded.phase);
  result.http_status = recorded.http_status;
}

Recorded Run::StartOver() {
  if (session) strays.push_back(*std::exchange(session, std::nullopt));
  http.reset();
  url = target->url;
  known_mcp = false;
  streams_linger = false;
  for (auto* said : {&result.era, &result.protocol_version, &result.transport, &result.server_name,
                     &result.server_version}) {
    said->clear();
  }
  return Forgive();
}

}  // namespace mcp_vitals::probe
