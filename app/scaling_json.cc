#include "app/scaling_json.h"

#include <vector>

#include "scaler/policy_text.h"

namespace mcp_vitals::app {

namespace {

using scaler::Decision;
using scaler::FleetReport;
using scaler::TriggerReport;

void WriteCount(std::string_view key, std::uint64_t count, JsonOut& out) {
  out.Key(key).Integer(static_cast<long long>(count));
}

void WriteNumber(std::string_view key, double number, JsonOut& out) { out.Key(key).Number(number); }

void WriteStrings(std::string_view key, const std::vector<std::string>& strings, JsonOut& out) {
  out.Key(key).Open('[');
  for (const std::string& string : strings) out.String(string);
  out.Close(']');
}

void WriteMembers(const FleetReport& fleet, JsonOut& out) {
  const scaler::FleetFacts& facts = fleet.facts;
  out.Key("members").Open('{');
  WriteCount("expected", facts.expected, out);
  WriteCount("fresh", facts.fresh, out);
  WriteCount("silent", facts.silent, out);
  WriteCount("unheard", facts.unheard, out);
  WriteCount("refused", facts.refused, out);
  out.Key("list_age_seconds");
  facts.list_age ? out.Number(scaler::Seconds(*facts.list_age).count()) : out.Null();
  out.Key("list_trouble").StringOrNull(fleet.list_trouble);
  WriteStrings("troubles", fleet.troubles, out);
  out.Close('}');
  out.Key("pods").Open('{');
  WriteCount("seen", facts.replicas(), out);
  WriteCount("serving", facts.serving, out);
  WriteCount("starting", facts.starting, out);
  WriteCount("draining", facts.draining, out);
  out.Close('}');
  out.Key("streams").Open('{');
  for (std::size_t i = 0; i < vitals::kStreamKindCount; ++i) {
    WriteCount(ToString(static_cast<vitals::StreamKind>(i)), facts.streams[i], out);
  }
  WriteCount("unsorted", facts.unsorted_streams, out);
  out.Close('}');
  WriteCount("sessions", facts.sessions, out);
  WriteCount("in_flight", facts.in_flight, out);
}

void WriteAnswer(const TriggerReport& trigger, JsonOut& out) {
  const auto* verdict = std::get_if<scaler::Verdict>(&trigger.last.answer);
  const auto* blind = std::get_if<scaler::Blind>(&trigger.last.answer);
  WriteNumber("target", trigger.policy.TargetSize(), out);
  out.Key("value");
  verdict == nullptr ? out.Null() : out.Number(verdict->value);
  out.Key("active");
  verdict == nullptr ? out.Null() : out.Boolean(verdict->active);
  out.Key("blind").StringOrNull(blind == nullptr ? "" : blind->why);
}

void WriteDecision(const Decision& last, JsonOut& out) {
  out.Key("rule").String(ToString(last.rule));
  out.Key("advice").String(ToString(last.advice));
  WriteCount("pods", last.pods, out);
  WriteCount("seen", last.seen, out);
  WriteCount("by_streams", last.by_streams, out);
  WriteCount("by_concurrency", last.by_concurrency, out);
  WriteCount("by_latency", last.by_latency, out);
  WriteNumber("streams", last.streams, out);
  WriteNumber("in_flight", last.in_flight, out);
  out.Key("held_active").Boolean(last.is_held_active);
  out.Key("raised").Boolean(last.is_raised);
}

void WriteLatency(const Decision& last, JsonOut& out) {
  const scaler::LatencyView& view = last.latency;
  out.Key("latency").Open('{');
  WriteNumber("calls", view.calls, out);
  WriteNumber("over", view.over, out);
  out.Key("enough").Boolean(view.is_enough);
  WriteNumber("share", view.share, out);
  WriteNumber("error", view.error, out);
  WriteNumber("allowed", view.allowed, out);
  WriteNumber("load", view.load, out);
  WriteNumber("safe_load_per_pod", last.safe, out);
  out.Key("missed_load_per_pod");
  last.knee ? out.Number(*last.knee) : out.Null();
  WriteStrings("left_out", {view.left_out.begin(), view.left_out.end()}, out);
  out.Close('}');
}

void WriteDoubts(const scaler::Doubts& doubts, JsonOut& out) {
  out.Key("doubts").Open('{');
  out.Key("too_soon").Boolean(doubts.too_soon);
  out.Key("silent").Boolean(doubts.silent);
  out.Key("unheard").Boolean(doubts.unheard);
  out.Key("refused").Boolean(doubts.refused);
  out.Key("list_old").Boolean(doubts.list_old);
  out.Key("partial").Boolean(doubts.partial);
  out.Key("rival").Boolean(doubts.rival);
  out.Close('}');
}

void WriteHistory(const TriggerReport& trigger, scaler::Time now, JsonOut& out) {
  out.Key("history").Open('[');
  for (const scaler::History::Entry& entry : trigger.history) {
    const bool is_blind = entry.rule == scaler::Rule::kBlind;
    out.Open('{');
    WriteNumber("age_seconds", scaler::Seconds(now - entry.at).count(), out);
    out.Key("pods");
    is_blind ? out.Null() : out.Integer(entry.pods);
    out.Key("value");
    is_blind ? out.Null() : out.Number(entry.value);
    WriteCount("seen", entry.seen, out);
    out.Key("rule").String(ToString(entry.rule));
    out.Close('}');
  }
  out.Close(']');
}

void WriteTrigger(const TriggerReport& trigger, scaler::Time now, JsonOut& out) {
  out.Open('{');
  out.Key("metric").String(ToString(trigger.policy.metric));
  out.Key("trigger").String(trigger.name);
  WriteNumber("asked_seconds_ago", trigger.asked_ago.count(), out);
  out.Key("policy").Open('{');
  for (const auto& [key, text] : scaler::TextOf(trigger.policy)) out.Key(key).String(text);
  out.Close('}');
  WriteAnswer(trigger, out);
  WriteDecision(trigger.last, out);
  WriteLatency(trigger.last, out);
  WriteDoubts(trigger.last.doubts, out);
  WriteExplanation(Explain(trigger.policy, trigger.last), out);
  WriteHistory(trigger, now, out);
  out.Close('}');
}

}  // namespace

void WriteExplanation(const scaler::Explanation& explanation, JsonOut& out) {
  out.Key("explanation").Open('{');
  out.Key("answer").String(explanation.answer);
  WriteStrings("inputs", explanation.inputs, out);
  WriteStrings("why", explanation.why, out);
  out.Key("hpa").String(explanation.hpa);
  WriteStrings("changes", explanation.changes, out);
  out.Close('}');
}

std::string FleetJson(const FleetReport& fleet) {
  JsonOut out;
  out.Open('{');
  out.Key("fleet").String(fleet.fleet);
  WriteMembers(fleet, out);
  WriteNumber("blind_seconds", fleet.blind_seconds, out);
  out.Key("decisions").Open('{');
  for (std::size_t i = 0; i < scaler::kRuleCount; ++i) {
    WriteCount(ToString(static_cast<scaler::Rule>(i)), fleet.decisions[i], out);
  }
  out.Close('}');
  out.Key("triggers").Open('[');
  for (const TriggerReport& trigger : fleet.triggers) WriteTrigger(trigger, fleet.now, out);
  out.Close(']');
  out.Close('}');
  return out.Take();
}

}  // namespace mcp_vitals::app
