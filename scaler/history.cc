#include "scaler/history.h"

namespace mcp_vitals::scaler {

void History::Add(Time now, const Decision& decision) {
  const auto* verdict = std::get_if<Verdict>(&decision.answer);
  const Entry next{now, decision.pods, decision.seen, verdict == nullptr ? 0 : verdict->value,
                   decision.rule};
  if (!entries_.empty()) {
    Entry& last = entries_.back();
    const bool is_same = last.pods == next.pods && last.seen == next.seen && last.rule == next.rule;
    if (is_same && now - last.at < kEach) return;
    const bool is_blind = last.rule == Rule::kBlind || next.rule == Rule::kBlind;
    if (!is_blind && now - last.at < kStep) {
      last = {last.at, next.pods, next.seen, next.value, next.rule};
      return;
    }
  }
  entries_.push_back(next);
  if (entries_.size() > kMost) entries_.pop_front();
}

}  // namespace mcp_vitals::scaler
