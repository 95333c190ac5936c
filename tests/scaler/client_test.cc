#include "scaler/client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "scaler/board.h"
#include "scaler/server.h"

// KEDA's calls as a person makes them, against a real server.
namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using Outcome = Got::Outcome;

constexpr char kMember[] = "10.0.0.1:9788";

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    std::string error;
    server_ = Server::Start({"127.0.0.1:0", std::nullopt}, service_, error);
    EXPECT_NE(server_, nullptr) << error;
    options_.address = "127.0.0.1:" + std::to_string(server_->port());
    options_.timeout = seconds(20);
  }
  // One member that holds so many streams.
  void Heard(std::uint64_t streams) {
    board_.SetMembers("f", {kMember}, now_);
    vitals::Snapshot snapshot;
    snapshot.boot = 1;
    snapshot.sequence = ++sequence_;
    snapshot.state = vitals::MemberState::kServing;
    snapshot.streams[static_cast<std::size_t>(vitals::StreamKind::kGet)] = streams;
    board_.Heard("f", kMember, std::move(snapshot), now_);
    board_.Tick(now_);
  }
  Got Ask(Metadata metadata) const {
    metadata.try_emplace("fleet", "f");
    return AskScaler(options_, metadata);
  }

  Time now_ = Time() + seconds(1000);
  std::uint64_t sequence_ = 0;
  Board board_{{{"f", {}}}, 7};
  Service service_{board_};
  ClientOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(ClientTest, GetsTheValueAndTheSentences) {
  Heard(120);
  const Got got = Ask({{"metric", "connections"}});
  ASSERT_EQ(got.outcome, Outcome::kAnswer) << got.why;
  EXPECT_EQ(got.metric, "connections");
  EXPECT_EQ(got.target, 50);
  EXPECT_EQ(got.value, 120);
  EXPECT_TRUE(got.active);
  ASSERT_TRUE(got.explained);
  EXPECT_EQ(got.explained->pods, 3u);
  EXPECT_EQ(got.explained->seen, 1u);
  EXPECT_EQ(got.explained->rule, "streams");
  EXPECT_THAT(got.explained->explanation.answer, HasSubstr("120 streams, 50 to a pod: 3 pods."));
  EXPECT_THAT(got.explained->explanation.hpa, HasSubstr("goes up to 3 pods"));
}

TEST_F(ClientTest, BlindItGetsTheReasonTheTargetAndTheSentences) {
  board_.SetMembers("f", {kMember}, now_);
  board_.Failed("f", kMember, "timeout");
  board_.Tick(now_);
  const Got got = Ask({});
  EXPECT_EQ(got.outcome, Outcome::kBlind);
  EXPECT_THAT(got.why, HasSubstr("none of the fleet's 1 members answers"));
  EXPECT_EQ(got.metric, "load");
  EXPECT_EQ(got.target, 1);
  ASSERT_TRUE(got.explained);
  EXPECT_THAT(got.explained->explanation.answer, HasSubstr("UNAVAILABLE"));
}

TEST_F(ClientTest, TellsWhatIsWrongWithTheTrigger) {
  Heard(1);
  Got got = Ask({{"metric", "cpu"}});
  EXPECT_EQ(got.outcome, Outcome::kRefused);
  EXPECT_THAT(got.why, HasSubstr("metric: \"cpu\""));
  got = Ask({{"fleet", "other"}});
  EXPECT_EQ(got.outcome, Outcome::kRefused);
  EXPECT_THAT(got.why, HasSubstr("\"other\" is no fleet of this scaler"));
}

TEST_F(ClientTest, TellsThatNobodyIsThere) {
  server_->Stop();
  const Got got = Ask({});
  EXPECT_EQ(got.outcome, Outcome::kUnreachable);
  EXPECT_NE(got.why, "");
}

// KEDA asks without, and its answers stay small.
TEST_F(ClientTest, NobodyElseGetsTheSentences) {
  Heard(120);
  const auto stub = externalscaler::ExternalScaler::NewStub(
      grpc::CreateChannel(options_.address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + seconds(20));
  externalscaler::GetMetricsRequest request;
  (*request.mutable_scaledobjectref()->mutable_scalermetadata())["fleet"] = "f";
  externalscaler::GetMetricsResponse response;
  ASSERT_TRUE(stub->GetMetrics(&context, request, &response).ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count(kExplanationTrailer), 0u);
}

TEST_F(ClientTest, CallsAreCountedByTheirEnd) {
  Heard(1);
  Ask({});
  Ask({{"fleet", "other"}});
  EXPECT_EQ(service_.calls(Call::kGetMetricSpec, Code::kOk), 1u);
  EXPECT_EQ(service_.calls(Call::kGetMetricSpec, Code::kNotFound), 1u);
  EXPECT_EQ(service_.calls(Call::kGetMetrics, Code::kOk), 1u);
  EXPECT_EQ(service_.calls(Call::kIsActive, Code::kOk), 1u);
  EXPECT_EQ(service_.calls(Call::kIsActive, Code::kUnavailable), 0u);
}

TEST(ExplainedTest, IsTheSameAfterTheWay) {
  const Explained sent{{"a", {"b", "c"}, {"d"}, "e", {"f"}}, 12, 10, "streams"};
  const auto got = DecodeExplained(Encode(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->explanation.answer, "a");
  EXPECT_THAT(got->explanation.inputs, testing::ElementsAre("b", "c"));
  EXPECT_THAT(got->explanation.why, testing::ElementsAre("d"));
  EXPECT_EQ(got->explanation.hpa, "e");
  EXPECT_THAT(got->explanation.changes, testing::ElementsAre("f"));
  EXPECT_EQ(got->pods, 12u);
  EXPECT_EQ(got->seen, 10u);
  EXPECT_EQ(got->rule, "streams");
  EXPECT_FALSE(DecodeExplained("\xff\xff"));
}

TEST(ExplainedTest, StaysWithin4KiBWhateverIsSaid) {
  const std::string much(5000, '\xff');
  const std::string wire = Encode({{much, {much, much}, {much}, much, {much, much}}, 1, 1, "idle"});
  EXPECT_LE(wire.size(), 4096u);
  const auto got = DecodeExplained(wire);
  ASSERT_TRUE(got);
  EXPECT_NE(got->explanation.answer, "");
  EXPECT_NE(got->explanation.hpa, "");
}

}  // namespace
}  // namespace mcp_vitals::scaler
