#include "scaler/client.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "scaler/externalscaler.grpc.pb.h"

namespace mcp_vitals::scaler {

namespace {

using externalscaler::GetMetricSpecResponse;
using externalscaler::GetMetricsRequest;
using externalscaler::GetMetricsResponse;
using externalscaler::IsActiveResponse;
using grpc::StatusCode;
using Outcome = Got::Outcome;
using Deadline = std::chrono::system_clock::time_point;

std::shared_ptr<grpc::Channel> ChannelTo(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!options.tls) {
    return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = options.ca;
  tls.pem_private_key = options.key;
  tls.pem_cert_chain = options.cert;
  return grpc::CreateCustomChannel(options.address, grpc::SslCredentials(tls), arguments);
}

// What a call came to; `is_there`: this scaler has answered before.
bool IsGood(const grpc::Status& status, bool is_there, Got& got) {
  if (status.ok()) return true;
  got.why = status.error_message();
  switch (status.error_code()) {
    case StatusCode::INVALID_ARGUMENT:
    case StatusCode::NOT_FOUND:
      got.outcome = Outcome::kRefused;
      break;
    case StatusCode::UNAVAILABLE:
      got.outcome = is_there ? Outcome::kBlind : Outcome::kUnreachable;
      break;
    case StatusCode::DEADLINE_EXCEEDED:
      got.outcome = Outcome::kUnreachable;
      got.why = "no answer in time";
      break;
    case StatusCode::UNIMPLEMENTED:
      got.outcome = Outcome::kUnreachable;
      got.why = "something answers there that is no scaler of KEDA's kind";
      break;
    default:
      got.outcome = Outcome::kUnreachable;
  }
  return false;
}

std::optional<Explained> ExplanationOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kExplanationTrailer);
  if (found == trailers.end()) return std::nullopt;
  return DecodeExplained({found->second.data(), found->second.size()});
}

class Calls {
 public:
  Calls(const ClientOptions& options, const Metadata& metadata)
      : stub_(externalscaler::ExternalScaler::NewStub(ChannelTo(options))),
        deadline_(std::chrono::system_clock::now() + options.timeout) {
    ref_.set_name("mcp-vitals");
    for (const auto& [key, value] : metadata) (*ref_.mutable_scalermetadata())[key] = value;
  }

  bool GetSpec(Got& got) {
    grpc::ClientContext context;
    context.set_deadline(deadline_);
    GetMetricSpecResponse response;
    if (!IsGood(stub_->GetMetricSpec(&context, ref_, &response), false, got)) return false;
    if (response.metricspecs().empty()) {
      got.why = "the scaler names no metric";
      return false;
    }
    const auto& spec = response.metricspecs(0);
    got.metric = spec.metricname();
    got.target = spec.targetsizefloat() > 0 ? spec.targetsizefloat()
                                            : static_cast<double>(spec.targetsize());
    return true;
  }

  bool GetValue(Got& got) {
    grpc::ClientContext context;
    context.set_deadline(deadline_);
    context.AddMetadata(kExplainHeader, "1");
    GetMetricsRequest request;
    *request.mutable_scaledobjectref() = ref_;
    request.set_metricname(got.metric);
    GetMetricsResponse response;
    const grpc::Status status = stub_->GetMetrics(&context, request, &response);
    got.explained = ExplanationOf(context);
    if (!IsGood(status, true, got)) return false;
    for (const auto& one : response.metricvalues()) {
      // As KEDA reads it; the HPA adds them up.
      got.value += one.metricvaluefloat() > 0 ? one.metricvaluefloat()
                                              : static_cast<double>(one.metricvalue());
    }
    return true;
  }

  bool GetActive(Got& got) {
    grpc::ClientContext context;
    context.set_deadline(deadline_);
    IsActiveResponse response;
    if (!IsGood(stub_->IsActive(&context, ref_, &response), true, got)) return false;
    got.active = response.result();
    return true;
  }

 private:
  const std::unique_ptr<externalscaler::ExternalScaler::Stub> stub_;
  const Deadline deadline_;
  externalscaler::ScaledObjectRef ref_;
};

}  // namespace

Got AskScaler(const ClientOptions& options, const Metadata& metadata) {
  Got got;
  Calls calls(options, metadata);
  if (calls.GetSpec(got) && calls.GetValue(got) && calls.GetActive(got)) {
    got.outcome = Outcome::kAnswer;
  }
  return got;
}

}  // namespace mcp_vitals::scaler
