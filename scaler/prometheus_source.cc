#include "scaler/prometheus_source.h"

#include <algorithm>
#include <cstdio>

namespace mcp_vitals::scaler {

namespace {

void Replace(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

// The calls of both windows are asked for by one query.
std::size_t QueryOf(std::size_t question) { return std::min(question, kQueryCount - 1); }

}  // namespace

std::array<std::string, kQuestionCount> FillQueries(const std::array<std::string, kQueryCount>& of,
                                                    const std::string& selector,
                                                    std::chrono::milliseconds max_age) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%g", std::chrono::duration<double>(max_age).count());
  std::array<std::string, kQuestionCount> filled;
  for (std::size_t i = 0; i < kQuestionCount; ++i) {
    filled[i] = of[QueryOf(i)];
    Replace(filled[i], "$max_age", seconds);
    Replace(filled[i], "$window", static_cast<Question>(i) == Question::kFiveMinutes ? "5m" : "1m");
    Replace(filled[i], "$selector", selector);
  }
  return filled;
}

std::string_view KeyOf(Question question) {
  return kQueries[QueryOf(static_cast<std::size_t>(question))].key;
}

}  // namespace mcp_vitals::scaler
