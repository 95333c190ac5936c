#include "scaler/service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "scaler/decision.h"
#include "scaler/server.h"

// KEDA's calls, over a real connection.
namespace mcp_vitals::scaler {
namespace {

using externalscaler::GetMetricSpecResponse;
using externalscaler::GetMetricsRequest;
using externalscaler::GetMetricsResponse;
using externalscaler::IsActiveResponse;
using externalscaler::ScaledObjectRef;
using grpc::StatusCode;
using std::chrono::seconds;
using testing::HasSubstr;

// What the tests say it is, for the fleet "f".
class Said final : public Verdicts {
 public:
  void Say(std::variant<Verdict, Blind> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  const Metadata* DefaultsOf(const std::string& fleet) const override {
    static const Metadata none;
    return fleet == "f" ? &none : nullptr;
  }
  std::variant<Verdict, Blind> Ask(const Policy&) const override {
    const std::lock_guard lock(mutex_);
    return answer_;
  }
  Decision AskWhy(const Policy& policy) const override {
    Decision decision;
    decision.answer = Ask(policy);
    return decision;
  }

 private:
  mutable std::mutex mutex_;
  std::variant<Verdict, Blind> answer_ = Verdict{120, true};
};

ScaledObjectRef Ref(const std::map<std::string, std::string>& metadata = {}) {
  ScaledObjectRef ref;
  ref.set_name("object");
  (*ref.mutable_scalermetadata())["fleet"] = "f";
  (*ref.mutable_scalermetadata())["metric"] = "connections";
  for (const auto& [key, value] : metadata) (*ref.mutable_scalermetadata())[key] = value;
  return ref;
}

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    std::string error;
    server_ = Server::Start({"127.0.0.1:0", std::nullopt}, service_, error);
    EXPECT_NE(server_, nullptr) << error;
    stub_ = externalscaler::ExternalScaler::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials()));
  }

  static void Bound(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + seconds(20));
  }
  grpc::Status Spec(const ScaledObjectRef& ref, GetMetricSpecResponse& response) {
    grpc::ClientContext context;
    Bound(context);
    return stub_->GetMetricSpec(&context, ref, &response);
  }
  grpc::Status Active(IsActiveResponse& response) {
    grpc::ClientContext context;
    Bound(context);
    return stub_->IsActive(&context, Ref(), &response);
  }
  grpc::Status Metrics(GetMetricsResponse& response) {
    grpc::ClientContext context;
    Bound(context);
    GetMetricsRequest request;
    *request.mutable_scaledobjectref() = Ref();
    request.set_metricname("asked-for");
    return stub_->GetMetrics(&context, request, &response);
  }

  Said said_;
  Service service_{said_};
  std::unique_ptr<Server> server_;
  std::unique_ptr<externalscaler::ExternalScaler::Stub> stub_;
};

TEST_F(ServiceTest, TheSpecFollowsFromTheTrigger) {
  GetMetricSpecResponse response;
  ASSERT_TRUE(Spec(Ref({{"connectionsPerPod", "12.5"}}), response).ok());
  ASSERT_EQ(response.metricspecs_size(), 1);
  EXPECT_EQ(response.metricspecs(0).metricname(), "connections");
  EXPECT_EQ(response.metricspecs(0).targetsizefloat(), 12.5);
  EXPECT_EQ(response.metricspecs(0).targetsize(), 13);
}

TEST_F(ServiceTest, TheValueHasTheNameThatWasAskedFor) {
  said_.Say(Verdict{120.25, true});
  GetMetricsResponse response;
  ASSERT_TRUE(Metrics(response).ok());
  ASSERT_EQ(response.metricvalues_size(), 1);
  EXPECT_EQ(response.metricvalues(0).metricname(), "asked-for");
  EXPECT_EQ(response.metricvalues(0).metricvaluefloat(), 120.25);
  EXPECT_EQ(response.metricvalues(0).metricvalue(), 121);
}

TEST_F(ServiceTest, BlindItSaysWhyAndKeepsTheSpec) {
  said_.Say(Blind{"no member has been heard for 60 s"});
  GetMetricsResponse metrics;
  IsActiveResponse active;
  GetMetricSpecResponse spec;
  for (const grpc::Status& status : {Metrics(metrics), Active(active)}) {
    EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(), "no member has been heard for 60 s");
  }
  EXPECT_TRUE(Spec(Ref(), spec).ok());
  EXPECT_EQ(spec.metricspecs_size(), 1);
}

TEST_F(ServiceTest, ActivityIsToldAsItIs) {
  IsActiveResponse response;
  ASSERT_TRUE(Active(response).ok());
  EXPECT_TRUE(response.result());
  said_.Say(Verdict{0, false});
  ASSERT_TRUE(Active(response).ok());
  EXPECT_FALSE(response.result());
}

TEST_F(ServiceTest, ABadTriggerIsRefusedWithItsKey) {
  GetMetricSpecResponse response;
  const auto bad = Spec(Ref({{"connectionsPerPod", "many"}}), response);
  EXPECT_EQ(bad.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(bad.error_message(), HasSubstr("connectionsPerPod: \"many\""));
  const auto unknown = Spec(Ref({{"fleet", "other"}}), response);
  EXPECT_EQ(unknown.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), HasSubstr("\"other\" is no fleet of this scaler"));
  ScaledObjectRef none = Ref();
  none.mutable_scalermetadata()->erase("fleet");
  EXPECT_THAT(Spec(none, response).error_message(), HasSubstr("fleet: is missing"));
}

TEST_F(ServiceTest, TheFleetMayComeFromTheEnvironment) {
  ScaledObjectRef ref = Ref({{"fleetFromEnv", "f"}});
  ref.mutable_scalermetadata()->erase("fleet");
  GetMetricSpecResponse response;
  EXPECT_TRUE(Spec(ref, response).ok());
}

TEST_F(ServiceTest, APortThatIsTakenIsNamed) {
  const std::string taken = "127.0.0.1:" + std::to_string(server_->port());
  Service other{said_};
  std::string error;
  EXPECT_EQ(Server::Start({taken, std::nullopt}, other, error), nullptr);
  EXPECT_THAT(error, HasSubstr("cannot listen on " + taken));
}

class PushTest : public ServiceTest {
 protected:
  void Open() {
    Bound(context_);
    reader_ = stub_->StreamIsActive(&context_, Ref());
    while (service_.streams() == 0) std::this_thread::yield();
  }
  void TickAt(seconds since) { service_.Tick(start_ + since); }
  bool Next() {
    IsActiveResponse response;
    EXPECT_TRUE(reader_->Read(&response));
    return response.result();
  }

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<IsActiveResponse>> reader_;
};

TEST_F(PushTest, SendsWhatIsAndEveryChange) {
  Open();
  TickAt(seconds(0));
  EXPECT_TRUE(Next());
  said_.Say(Verdict{0, false});
  TickAt(seconds(1));
  EXPECT_FALSE(Next());
  server_->Stop();
  EXPECT_TRUE(reader_->Finish().ok());
}

TEST_F(PushTest, SaysNothingBlindAndNothingTwiceBeforeAMinute) {
  Open();
  TickAt(seconds(0));
  EXPECT_TRUE(Next());
  said_.Say(Blind{"blind"});
  TickAt(seconds(1));
  TickAt(seconds(120));
  said_.Say(Verdict{1, true});
  TickAt(seconds(30));
  said_.Say(Verdict{0, false});
  TickAt(seconds(31));
  EXPECT_FALSE(Next()) << "the next that is said";
  TickAt(seconds(95));
  EXPECT_FALSE(Next()) << "a heartbeat";
  server_->Stop();
  EXPECT_TRUE(reader_->Finish().ok());
}

TEST_F(PushTest, AClientThatLeavesIsForgotten) {
  Open();
  context_.TryCancel();
  while (service_.streams() != 0) std::this_thread::yield();
  TickAt(seconds(1));
}

TEST_F(PushTest, ABadTriggerEndsWithItsReason) {
  Bound(context_);
  reader_ = stub_->StreamIsActive(&context_, Ref({{"fleet", "other"}}));
  IsActiveResponse response;
  EXPECT_FALSE(reader_->Read(&response));
  EXPECT_EQ(reader_->Finish().error_code(), StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace mcp_vitals::scaler
