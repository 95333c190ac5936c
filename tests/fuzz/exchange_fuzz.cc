#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/facts.h"
#include "proxy/message_parser.h"
#include "proxy/observation.h"
#include "proxy/observer.h"
#include "tests/fuzz/require.h"

// What clients and servers say to each other, read along: whatever it is, and wherever it breaks
// off, nothing that has ended counts as live, no byte is held, and what is counted is bounded. An
// input is a script of steps, each ended by a byte 0xFF and begun by a letter: `q` and a request
// begin an exchange; `a` and bytes are the newest one's answer, `A` the oldest one's; `e` and `E`
// end them in order, `b` and `B` break them off, `r` has us refuse the newest unless it is
// answered, `g` gives it up, `t` lets a minute pass.
namespace mcp_vitals::proxy {
namespace {

using fuzz::Require;

constexpr std::size_t kBudget = 4096;

// One exchange, as the two connections that carry it tell of it.
class Exchange final : private BodyListener {
 public:
  Exchange(Observer& observer, std::string_view request, Time now) : now_(now) {
    Malformed wrong;
    const std::size_t size = HeadEnd(request, 0, true, limits_, wrong);
    Head head;
    MessageParser<true> parser(limits_, false);
    if (size == 0 || parser.ReadHead(request.substr(0, size), head) != Malformed::kNot) return;
    is_head_ = head.method == "HEAD";
    observation_ = observer.Begin(RequestFactsOf(head), now);
    request.remove_prefix(size);
    std::size_t used = 0;
    wrong = parser.ReadBody(request, parser.framing(), *this, out_, used);
    if (wrong != Malformed::kNot) {
      observation_->Refused(400, now);
      observation_.reset();
    } else if (parser.complete()) {
      observation_->RequestEnd();
    } else {
      observation_->Broken(vitals::StreamEnd::kClient, now);
      observation_.reset();
    }
  }

  bool is_good() const { return observation_ != nullptr; }

  void Answer(std::string_view bytes, Time now) {
    now_ = now;
    held_ += bytes;
    if (parser_ == nullptr && !TakeHead()) return;
    is_answer_ = true;
    std::size_t used = 0;
    const Malformed wrong = parser_->ReadBody(held_, parser_->framing(), *this, out_, used);
    held_.erase(0, used);
    is_broken_ = is_broken_ || wrong != Malformed::kNot;
  }
  void End(Time now) {
    if (parser_ && parser_->EndsHere()) parser_->End();
    const bool whole = parser_ && parser_->complete() && !is_broken_;
    whole ? observation_->AnswerEnd(now) : observation_->Broken(vitals::StreamEnd::kCut, now);
  }
  void Break(Time now) { observation_->Broken(vitals::StreamEnd::kClient, now); }
  void Refuse(Time now) { parser_ ? Break(now) : observation_->Refused(504, now); }
  void GiveUp(Time now) { observation_->GiveUp(now); }

 private:
  bool TakeHead() {
    Malformed wrong;
    const std::size_t size = HeadEnd(held_, 0, false, limits_, wrong);
    if (size == 0) return false;
    parser_ = std::make_unique<MessageParser<false>>(limits_, is_head_);
    Head head;
    const bool good =
        parser_->ReadHead(std::string_view(held_).substr(0, size), head) == Malformed::kNot;
    if (good && head.status >= 200) observation_->Answer(AnswerFactsOf(head), now_);
    held_.erase(0, size);
    if (!good || head.status < 200) parser_.reset();
    return parser_ != nullptr;
  }
  void OnBody(std::string_view bytes) override {
    is_answer_ ? observation_->AnswerBytes(bytes, now_) : observation_->RequestBytes(bytes);
  }

  const MessageLimits limits_;
  std::unique_ptr<Observation> observation_;
  std::unique_ptr<MessageParser<false>> parser_;
  Time now_;
  std::string held_, out_;
  bool is_head_ = false;
  bool is_answer_ = false;
  bool is_broken_ = false;
};

class Script {
 public:
  void Step(char letter, std::string_view bytes) {
    if (letter == 't') {
      now_ += std::chrono::minutes(1);
      return observer_.Tick(now_);
    }
    if (letter == 'q') return Begin(bytes);
    if (exchanges_.empty()) return;
    const bool oldest = letter >= 'A' && letter <= 'Z';
    Exchange& exchange = oldest ? *exchanges_.front() : *exchanges_.back();
    switch (letter) {
      case 'a':
      case 'A':
        return exchange.Answer(bytes, now_);
      case 'g':
        return exchange.GiveUp(now_);
      case 'e':
      case 'E':
        exchange.End(now_);
        break;
      case 'b':
      case 'B':
        exchange.Break(now_);
        break;
      case 'r':
        exchange.Refuse(now_);
        break;
      default:
        return;
    }
    oldest ? exchanges_.pop_front() : exchanges_.pop_back();
  }

  void CheckEnd() {
    while (!exchanges_.empty()) Step('B', {});
    // Sessions and what they wait for end with time.
    for (int i = 0; i < 3; ++i) {
      now_ += std::chrono::hours(1);
      observer_.Tick(now_);
    }
    observer_.Refresh(now_);
    Require(vitals_.operations_in_flight == 0, "no operation is in flight");
    Require(vitals_.calls_in_flight.empty(), "no call is in flight");
    for (const auto& kind : vitals_.streams) Require(kind.live == 0, "no stream is live");
    Require(vitals_.sessions.live == 0, "no session is alive");
    Require(observer_.streams().empty(), "no stream is watched");
    Require(bodies_.left == kBudget, "no body is held");
    Require(vitals_.operations.size() <= options_.max_series + vitals::kOutcomeCount,
            "series are bounded");
  }

 private:
  static ObserverOptions FewOf() {
    ObserverOptions options;
    options.max_sessions = 4;
    options.max_series = 8;
    options.tool_timeouts["add"] = std::chrono::seconds(30);
    return options;
  }
  void Begin(std::string_view request) {
    auto exchange = std::make_unique<Exchange>(observer_, request, now_);
    if (exchange->is_good()) exchanges_.push_back(std::move(exchange));
  }

  Time now_{std::chrono::hours(1000)};
  const ObserverOptions options_ = FewOf();
  BodyBudget bodies_{.left = kBudget, .per_body = 512};
  ToolNames tools_;
  vitals::ServerVitals vitals_;
  Observer observer_{options_, bodies_, tools_, vitals_};
  std::deque<std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace
}  // namespace mcp_vitals::proxy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  mcp_vitals::proxy::Script script;
  while (!rest.empty()) {
    const std::string_view step = rest.substr(0, rest.find('\xFF'));
    if (!step.empty()) script.Step(step.front(), step.substr(1));
    rest.remove_prefix(std::min(step.size() + 1, rest.size()));
  }
  script.CheckEnd();
  return 0;
}
