// Each fault of Prometheus, and what the scaler answers: none may lead to a smaller fleet, or to
// "not active".
#include <gmock/gmock.h>

#include <mutex>

#include "scaler/ask_prometheus.h"
#include "tests/scaler/small_fleet.h"
#include "tests/support/raw_server.h"
#include "tests/support/run.h"

namespace mcp_vitals::scaler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::RawServer;
using support::RawSocket;
using testing::HasSubstr;

constexpr double kBlind = -1;

std::string Http(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

std::string Vector(const std::string& series, const std::string& more = "") {
  return Http(R"({"status":"success","data":{"resultType":"vector","result":[)" + series + "]}" +
              more + "}");
}

std::string Number(const std::string& value, const std::string& more = "") {
  return Vector(R"({"metric":{},"value":[1700000000,")" + value + R"("]})", more);
}

std::string Gets(const std::string& count) {
  return Vector(R"({"metric":{"kind":"get"},"value":[1700000000,")" + count + R"("]})");
}

const std::string kHang = "hang";
const std::string kEmpty = Vector("");
constexpr std::array<const char*, 5> kAll = {"streams", "in_flight", "replicas", "silent", "calls"};

// A Prometheus that answers each query, which is but its key here, as a test says; and a board that
// is told of it, by a clock of its own.
class PrometheusFaultsTest : public testing::Test {
 protected:
  PrometheusFaultsTest() : server_([this](RawSocket& socket) { Serve(socket); }) {
    // 80 streams at 10 each: 8 pods.
    Answer("streams", Gets("80"));
    Answer("in_flight", Number("3"));
    Answer("replicas", Number("4"));
    Answer("silent", Number("0"));
    Answer("calls", Number("0"));
    auto source = std::make_shared<PrometheusSource>();
    source->url = *net::ParseUrl("http://" + server_.Authority() + "/prefix/");
    for (std::size_t i = 0; i < kQuestionCount; ++i) {
      source->queries[i] = KeyOf(static_cast<Question>(i));
    }
    source->headers = {{"X-Scope-OrgID", "tenant"}};
    client_ = std::make_shared<PrometheusClient>();
    client_->source = std::move(source);
    client_->user_agent = "test";
    Round();
    Pass(1);
    board_.Ask(load_);
    board_.Ask(connections_);
    Rounds(40);
    EXPECT_EQ(Load(), 8);
    EXPECT_EQ(Connections(), 80);
  }

  void Answer(const std::string& query, std::string http) {
    const std::lock_guard lock(mutex_);
    answers_[query] = std::move(http);
  }
  std::string Answered(const std::string& query) {
    const std::lock_guard lock(mutex_);
    return answers_[query];
  }
  void AnswerAll(const std::string& http) {
    for (const char* query : kAll) Answer(query, http);
  }
  std::string last_request() {
    const std::lock_guard lock(mutex_);
    return last_request_;
  }

  FleetSample Sample(milliseconds patience = seconds(20)) {
    return support::Await(context_, AskPrometheus(client_, support::In(patience)));
  }
  void Round(milliseconds patience = seconds(20)) { board_.Saw("f", Sample(patience), now_); }
  void Pass(int time) {
    for (int second = 0; second < time; ++second) {
      now_ += seconds(1);
      board_.Tick(now_);
    }
  }
  void Rounds(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      Pass(10);
      Round();
    }
    Pass(1);
  }

  double Load() { return Value(board_.Ask(load_)); }
  double Connections() { return Value(board_.Ask(connections_)); }
  std::string Why() {
    const auto answer = board_.Ask(connections_);
    const auto* blind = std::get_if<Blind>(&answer);
    return blind == nullptr ? "" : blind->why;
  }
  // As long as it lasts, nothing is answered that is less than before, or "not active".
  void ExpectNothingSmaller(int rounds = 60, milliseconds patience = seconds(20)) {
    for (int round = 0; round < rounds; ++round) {
      Round(patience);
      for (int second = 0; second < 10; ++second) {
        Pass(1);
        for (const Policy* policy : {&load_, &connections_}) {
          const auto answer = board_.Ask(*policy);
          const auto* verdict = std::get_if<Verdict>(&answer);
          if (verdict == nullptr) continue;
          ASSERT_TRUE(verdict->active) << round;
          ASSERT_GE(verdict->value, policy == &load_ ? 8 : 80) << round;
        }
      }
    }
  }

  const Policy load_ = SmallFleet::Asking(Metric::kLoad);
  const Policy connections_ = SmallFleet::Asking(Metric::kConnections);
  Time now_{std::chrono::hours(1000)};

  Board board_{{{"f", {}}}, 1};

 private:
  void Serve(RawSocket& socket) {
    for (std::string request; !(request = socket.ReadRequest()).empty();) {
      std::string answer;
      {
        const std::lock_guard lock(mutex_);
        last_request_ = request;
        const std::size_t query = request.find("query=") + 6;
        answer = answers_[request.substr(query, request.find('&', query) - query)];
      }
      if (answer == kHang) {
        socket.WaitForClose();
        return;
      }
      socket.Send(answer);
      // Half an answer, and then the end of the connection.
      if (!answer.ends_with('}')) return;
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::string> answers_;
  std::string last_request_;
  RawServer server_;
  net::asio::io_context context_;
  std::shared_ptr<PrometheusClient> client_;
};

TEST_F(PrometheusFaultsTest, AsksByPostWithThePathAndTheHeadersOfTheSource) {
  const std::string request = last_request();
  EXPECT_THAT(request, testing::StartsWith("POST /prefix/api/v1/query HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX-Scope-OrgID: tenant\r\n"));
  EXPECT_THAT(request, HasSubstr("&partial_response=false"));
}

TEST_F(PrometheusFaultsTest, WithoutAFaultTheFleetShrinksAndEnds) {
  Answer("streams", Gets("10"));
  Answer("in_flight", Number("1"));
  Rounds(40);
  EXPECT_LT(Load(), 8);
  EXPECT_EQ(Connections(), 10);
  Answer("streams", Gets("0"));
  Answer("in_flight", Number("0"));
  Rounds(40);
  EXPECT_FALSE(std::get<Verdict>(board_.Ask(connections_)).active);
}

TEST_F(PrometheusFaultsTest, LatencyIsJudgedByTheBuckets) {
  Policy latency = SmallFleet::Asking(Metric::kLatency);
  board_.Ask(latency);
  // A fifth takes longer than 2 s, the target.
  const auto bucket = [](const std::string& le, const std::string& count) {
    return R"({"metric":{"gen_ai_tool_name":"add","le":")" + le + R"("},"value":[1,")" + count +
           R"("]})";
  };
  Answer("calls",
         Vector(bucket("2", "800") + "," + bucket("5", "1000") + "," + bucket("+Inf", "1000")));
  Rounds(2);
  EXPECT_EQ(Value(board_.Ask(latency)), 4);
  Rounds(3);
  EXPECT_EQ(Value(board_.Ask(latency)), 5);
}

TEST_F(PrometheusFaultsTest, NothingIsAnswered) {
  AnswerAll(kEmpty);
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(Why(), "no members of the fleet are known (query replicas: the answer is empty)");
}

const std::string kCopy = R"({"metric":{"kind":"get","le":"+Inf"},"value":[1700000000,"0"]})";

struct Fault {
  std::string name, answer, why;
};

class PrometheusFaultTest : public PrometheusFaultsTest,
                            public testing::WithParamInterface<Fault> {};

INSTANTIATE_TEST_SUITE_P(
    Each, PrometheusFaultTest,
    testing::Values(
        Fault{"NaN", Number("NaN"), "has the value NaN"}, Fault{"Inf", Number("+Inf"), "+Inf"},
        Fault{"Negative", Number("-1"), "-1"},
        Fault{"Warning", Number("0", R"(,"warnings":["a store is away"])"), "a store is away"},
        Fault{"Partial", Number("0", R"(,"isPartial":true)"), "only a part"},
        Fault{"Error", Http(R"({"status":"error","error":"too slow"})", "503 No"), "too slow"},
        Fault{"BadGateway", Http("<html>{}", "502 No"), "HTTP 502"},
        Fault{"HalfAnAnswer", Number("0").substr(0, 60), "ended before"},
        Fault{"Duplicates", Vector(kCopy + "," + kCopy), ""},
        Fault{"Garbage", Http("\x01\x02{}"), "no JSON"},
        Fault{"Huge",
              "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" +
                  std::string(std::size_t{5} << 20, ' '),
              ""}),
    [](const auto& fault) { return fault.param.name; });

TEST_P(PrometheusFaultTest, OfAllAnswers) {
  AnswerAll(GetParam().answer);
  ExpectNothingSmaller(GetParam().name == "Huge" ? 3 : 60);
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(Connections(), kBlind);
  EXPECT_THAT(Why(), HasSubstr(GetParam().why));
}

TEST_P(PrometheusFaultTest, OfOneAnswer) {
  for (const char* query : kAll) {
    SCOPED_TRACE(query);
    const std::string good = Answered(query);
    // Meanwhile the rest tells of fewer.
    if (query != std::string("streams")) Answer("streams", Gets("10"));
    Answer(query, GetParam().answer);
    ExpectNothingSmaller(GetParam().name == "Huge" ? 1 : 10);
    Answer("streams", Gets("80"));
    Answer(query, good);
    Rounds(7);
    ASSERT_EQ(Connections(), 80);
  }
}

TEST_F(PrometheusFaultsTest, AllHang) {
  AnswerAll(kHang);
  ExpectNothingSmaller(10, milliseconds(50));
  EXPECT_EQ(Load(), kBlind);
  EXPECT_THAT(Why(), HasSubstr("timed out"));
}

TEST_F(PrometheusFaultsTest, OneThatHangsTakesNothingFromTheOthers) {
  Answer("calls", kHang);
  Answer("streams", Gets("200"));
  Round(seconds(2));
  Pass(1);
  EXPECT_EQ(Connections(), 200);
  EXPECT_EQ(Load(), 20);
}

TEST_F(PrometheusFaultsTest, PartlyKnownTheFleetMayGrowAndIsThenNotSmallerThanThat) {
  Answer("in_flight", kEmpty);
  Answer("streams", Gets("200"));
  Rounds(1);
  EXPECT_EQ(Connections(), 200);
  EXPECT_EQ(Load(), 20);
  Answer("streams", Gets("0"));
  ExpectNothingSmaller();
  EXPECT_EQ(Connections(), 200);
}

TEST_F(PrometheusFaultsTest, PartlyKnownForLongNothingIsSaidUnlessTheFleetShouldGrow) {
  Answer("replicas", Number("8"));
  Rounds(1);
  Answer("calls", kEmpty);
  Rounds(5);
  EXPECT_EQ(Load(), 8);
  Rounds(3);
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(Why(), "not all that a decision needs is known (query calls: the answer is empty)");
  Answer("streams", Gets("90"));
  Rounds(1);
  EXPECT_EQ(Load(), 9);
}

TEST_F(PrometheusFaultsTest, PartlyKnownNothingShrinksThatWasAboutTo) {
  Answer("streams", Gets("10"));
  Answer("in_flight", Number("1"));
  Rounds(28);
  ASSERT_EQ(Load(), 8);  // fewer would do, for not yet five minutes
  Answer("calls", kEmpty);
  Rounds(5);
  EXPECT_EQ(Load(), 8);
  Answer("calls", Number("0"));
  Rounds(5);
  EXPECT_EQ(Load(), 8);
  Rounds(40);
  EXPECT_LT(Load(), 8);
}

TEST_F(PrometheusFaultsTest, OldSamplesOfOnePodHoldTheFleet) {
  Answer("replicas", Number("3"));
  Answer("silent", Number("1"));
  Answer("streams", Gets("10"));
  ExpectNothingSmaller();
  EXPECT_EQ(Connections(), 80);
}

TEST_F(PrometheusFaultsTest, OldSamplesOfAllPodsBlind) {
  Answer("replicas", kEmpty);  // count() of nothing is nothing
  Answer("silent", Number("4"));
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(Why(), "none of the fleet's 4 members answers (query replicas: the answer is empty)");
}

TEST_F(PrometheusFaultsTest, NoPodsAreNoAnswer) {
  Answer("replicas", Number("0"));
  Answer("streams", Gets("0"));
  Answer("in_flight", Number("0"));
  ExpectNothingSmaller();
  EXPECT_THAT(Why(), HasSubstr("no pods are seen"));
}

TEST_F(PrometheusFaultsTest, IsNotAskedAnyMore) {
  for (int second = 0; second < 600; ++second) {
    Pass(1);
    ASSERT_TRUE(Connections() == 80 || Connections() == kBlind);
  }
  EXPECT_THAT(Why(), HasSubstr("not asked any more"));
}

TEST_F(PrometheusFaultsTest, AfterBlindnessActiveIsHeld) {
  AnswerAll(kEmpty);
  Rounds(30);
  ASSERT_EQ(Load(), kBlind);
  Answer("streams", Gets("0"));
  Answer("in_flight", Number("0"));
  Answer("replicas", Number("4"));
  Answer("silent", Number("0"));
  Answer("calls", Number("0"));
  Round();
  for (int second = 0; second < 290; ++second) {
    if (second % 10 == 0) Round();
    Pass(1);
    ASSERT_TRUE(std::get<Verdict>(board_.Ask(connections_)).active) << second;
  }
  Rounds(10);
  EXPECT_FALSE(std::get<Verdict>(board_.Ask(connections_)).active);
}

TEST_F(PrometheusFaultsTest, AfterAStartWhatNeverWasKnownIsNotGuessed) {
  Board board({{"f", {}}}, 2);
  EXPECT_EQ(Value(board.Ask(connections_)), kBlind);
  Answer("streams", kEmpty);
  Answer("calls", kEmpty);
  for (int round = 0; round < 10; ++round) {
    board.Saw("f", Sample(), now_);
    Pass(1);
    board.Tick(now_);
    EXPECT_EQ(Value(board.Ask(connections_)), kBlind);
  }
}

TEST_F(PrometheusFaultsTest, AfterAStartPodsThatAreSilentAreNotCountedAsNothing) {
  Board board({{"f", {}}}, 2);
  const auto answer = [&] {
    Pass(1);
    board.Saw("f", Sample(), now_);
    board.Tick(now_);
    return board.Ask(connections_);
  };
  Answer("streams", Gets("60"));
  Answer("silent", Number("1"));
  EXPECT_EQ(std::get<Blind>(answer()).why,
            "no members of the fleet are known (not all pods were ever seen: 1 pods have no young "
            "samples)");
  Answer("silent", Number("0"));
  EXPECT_EQ(Value(answer()), 60);
}

}  // namespace
}  // namespace mcp_vitals::scaler
