#include "app/scaler_got.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "app/json_out.h"
#include "app/scaling_json.h"
#include "app/text.h"
#include "scaler/words.h"

namespace mcp_vitals::app {

namespace {

using scaler::Got;
using Outcome = Got::Outcome;

class Screen {
 public:
  explicit Screen(const Style& style) : style_(style) {}
  void Fact(std::string_view name, const std::string& text) {
    std::string padded(name);
    padded.resize(9, ' ');
    out_ += padded + Printable(text, style_.unicode) + "\n";
  }
  // Broken into lines; `mark` before the first.
  void Sentence(std::string_view mark, const std::string& sentence) {
    constexpr std::size_t kMaxLines = 20;
    std::string before(mark);
    for (const std::string& line :
         Wrap(Printable(sentence, style_.unicode), Width() - mark.size(), kMaxLines)) {
      out_ += before + line + "\n";
      before.assign(mark.size(), ' ');
    }
  }
  void Gap() { out_ += '\n'; }
  void List(std::string_view title, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    out_ += "\n" + std::string(title) + "\n";
    for (const std::string& sentence : sentences) Sentence("  - ", sentence);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::size_t Width() const {
    return std::min<std::size_t>(std::max<std::size_t>(style_.width, 60), 100);
  }
  const Style style_;
  std::string out_;
};

}  // namespace

std::string GotText(const Got& got, const Style& style) {
  Screen screen(style);
  screen.Fact("metric", got.metric);
  screen.Fact("target", scaler::Number(got.target));
  if (got.outcome == Outcome::kBlind) {
    screen.Fact("value", "UNAVAILABLE: " + got.why);
  } else {
    screen.Fact("value", scaler::Number(got.value));
  }
  if (got.explained) {
    const std::string seen = std::to_string(got.explained->seen) + " seen";
    screen.Fact("pods", got.outcome == Outcome::kBlind
                            ? seen
                            : std::to_string(got.explained->pods) + " asked for, " + seen);
  }
  if (got.explained) screen.Fact("rule", got.explained->rule);
  if (got.outcome == Outcome::kAnswer) screen.Fact("active", got.active ? "yes" : "no");
  if (!got.explained) {
    screen.Gap();
    screen.Sentence("", "This scaler does not say why.");
    return screen.Take();
  }
  const scaler::Explanation& told = got.explained->explanation;
  screen.Gap();
  screen.Sentence("", told.answer);
  screen.Sentence("", told.hpa);
  screen.List("What decided", told.why);
  screen.List("What is seen", told.inputs);
  screen.List("What would change it", told.changes);
  return screen.Take();
}

std::string GotJson(const Got& got) {
  const bool is_answer = got.outcome == Outcome::kAnswer;
  JsonOut out;
  out.Open('{');
  out.Key("metric").StringOrNull(got.metric);
  out.Key("target");
  got.metric.empty() ? out.Null() : out.Number(got.target);
  out.Key("value");
  is_answer ? out.Number(got.value) : out.Null();
  out.Key("active");
  is_answer ? out.Boolean(got.active) : out.Null();
  out.Key("status").String(is_answer                          ? "OK"
                           : got.outcome == Outcome::kBlind   ? "UNAVAILABLE"
                           : got.outcome == Outcome::kRefused ? "REFUSED"
                                                              : "UNREACHABLE");
  out.Key("why").StringOrNull(got.why);
  if (got.explained) {
    out.Key("pods");
    is_answer ? out.Integer(static_cast<long long>(got.explained->pods)) : out.Null();
    out.Key("seen").Integer(static_cast<long long>(got.explained->seen));
    out.Key("rule").String(got.explained->rule);
    WriteExplanation(got.explained->explanation, out);
  }
  out.Close('}');
  return out.Take() + "\n";
}

}  // namespace mcp_vitals::app
