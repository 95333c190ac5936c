#pragma once

#include <array>

#include "scaler/prometheus_answer.h"
#include "scaler/prometheus_source.h"
#include "scaler/sample_view.h"

namespace mcp_vitals::scaler {

using PrometheusAnswers = std::array<PrometheusAnswer, kQuestionCount>;

// What the answers to all questions tell of a fleet. One that has another shape than its question
// wants tells nothing: too many series for a number, a kind of streams or a bucket twice (copies of
// the same data would count doubly), a tool without its bucket +Inf, no pods at all.
//
// Calls come in the buckets of a histogram, and are taken to be spread evenly over each: a target
// that is no bound of theirs can't be held more finely than that. Those in the last one took longer
// than any target.
FleetSample ReadSample(const PrometheusAnswers& answers);

}  // namespace mcp_vitals::scaler
