#include "scaler/service.h"

#include <cmath>
#include <string>
#include <utility>

#include "scaler/active_stream.h"
#include "scaler/decision.h"
#include "scaler/explained.h"

namespace mcp_vitals::scaler {

namespace {

constexpr std::array<std::string_view, kCallCount> kCalls = {"IsActive", "StreamIsActive",
                                                             "GetMetricSpec", "GetMetrics"};
constexpr std::array<std::pair<grpc::StatusCode, std::string_view>, kCodeCount> kCodes = {
    {{grpc::StatusCode::OK, "OK"},
     {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
     {grpc::StatusCode::NOT_FOUND, "NOT_FOUND"},
     {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE"},
     {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"}}};

// The integer beside the float is for clients before KEDA 2.17: never less than what is meant.
std::int64_t RoundedUp(double number) { return static_cast<std::int64_t>(std::ceil(number)); }

}  // namespace

std::string_view ToString(Call call) { return kCalls[static_cast<std::size_t>(call)]; }
std::string_view ToString(Code code) { return kCodes[static_cast<std::size_t>(code)].second; }

void Service::CountCall(Call call, const grpc::Status& status) {
  for (std::size_t i = 0; i < kCodeCount; ++i) {
    if (kCodes[i].first == status.error_code()) ++calls_[Index(call, static_cast<Code>(i))];
  }
}

grpc::ServerUnaryReactor* Service::Reply(Context& context, Call call, const grpc::Status& status) {
  CountCall(call, status);
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

std::variant<Verdict, Blind> Service::AskFor(Context& context, const Policy& policy) const {
  if (context.client_metadata().count(kExplainHeader) == 0) return verdicts_.Ask(policy);
  Decision last = verdicts_.AskWhy(policy);
  context.AddTrailingMetadata(
      kExplanationTrailer,
      Encode({Explain(policy, last), last.pods, last.seen, std::string(ToString(last.rule))}));
  return std::move(last.answer);
}

grpc::Status Service::Read(const Ref& ref, Policy& policy) const {
  Metadata metadata(ref.scalermetadata().begin(), ref.scalermetadata().end());
  const Metadata* const defaults = verdicts_.DefaultsOf(FleetOf(metadata));
  if (defaults != nullptr) metadata.insert(defaults->begin(), defaults->end());
  auto read = ReadPolicy(metadata);
  if (const auto* bad = std::get_if<BadTrigger>(&read)) {
    return {grpc::StatusCode::INVALID_ARGUMENT, bad->why};
  }
  policy = std::get<Policy>(std::move(read));
  if (defaults != nullptr) return grpc::Status::OK;
  return {grpc::StatusCode::NOT_FOUND,
          "fleet: " + Quote(policy.fleet) + " is no fleet of this scaler"};
}

grpc::ServerUnaryReactor* Service::IsActive(Context* context, const Ref* ref,
                                            externalscaler::IsActiveResponse* response) {
  Policy policy;
  if (const auto bad = Read(*ref, policy); !bad.ok()) return Reply(*context, Call::kIsActive, bad);
  const auto answer = verdicts_.Ask(policy);
  if (const auto* blind = std::get_if<Blind>(&answer)) {
    return Reply(*context, Call::kIsActive, {grpc::StatusCode::UNAVAILABLE, blind->why});
  }
  response->set_result(std::get<Verdict>(answer).active);
  return Reply(*context, Call::kIsActive, grpc::Status::OK);
}

grpc::ServerUnaryReactor* Service::GetMetricSpec(Context* context, const Ref* ref,
                                                 externalscaler::GetMetricSpecResponse* response) {
  Policy policy;
  if (const auto bad = Read(*ref, policy); !bad.ok()) {
    return Reply(*context, Call::kGetMetricSpec, bad);
  }
  auto* const spec = response->add_metricspecs();
  spec->set_metricname(std::string(ToString(policy.metric)));
  spec->set_targetsizefloat(policy.TargetSize());
  spec->set_targetsize(RoundedUp(policy.TargetSize()));
  return Reply(*context, Call::kGetMetricSpec, grpc::Status::OK);
}

grpc::ServerUnaryReactor* Service::GetMetrics(Context* context,
                                              const externalscaler::GetMetricsRequest* request,
                                              externalscaler::GetMetricsResponse* response) {
  Policy policy;
  if (const auto bad = Read(request->scaledobjectref(), policy); !bad.ok()) {
    return Reply(*context, Call::kGetMetrics, bad);
  }
  const auto answer = AskFor(*context, policy);
  if (const auto* blind = std::get_if<Blind>(&answer)) {
    return Reply(*context, Call::kGetMetrics, {grpc::StatusCode::UNAVAILABLE, blind->why});
  }
  // KEDA gives every value the name that it asked for, and the HPA adds them up: one, and that.
  auto* const value = response->add_metricvalues();
  value->set_metricname(request->metricname());
  value->set_metricvaluefloat(std::get<Verdict>(answer).value);
  value->set_metricvalue(RoundedUp(std::get<Verdict>(answer).value));
  return Reply(*context, Call::kGetMetrics, grpc::Status::OK);
}

grpc::ServerWriteReactor<externalscaler::IsActiveResponse>* Service::StreamIsActive(
    Context*, const Ref* ref) {
  Policy policy;
  grpc::Status status = Read(*ref, policy);
  auto* const stream = new ActiveStream(*this, std::move(policy));
  {
    const std::lock_guard lock(mutex_);
    if (status.ok() && streams_.size() >= kMaxStreams) {
      status = {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many streams are open"};
    }
    CountCall(Call::kStreamIsActive, status);
    if (status.ok() && !stopped_) {
      streams_.insert(stream);
      return stream;  // the next Tick says what there is to say
    }
  }
  stream->End(status);
  return stream;
}

void Service::Tick(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  for (ActiveStream* const stream : streams_) {
    const auto answer = verdicts_.Ask(stream->policy());
    // Blind, nothing is said: what was said last holds.
    if (const auto* verdict = std::get_if<Verdict>(&answer)) stream->Offer(verdict->active, now);
  }
}

void Service::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (ActiveStream* const stream : streams_) stream->End(grpc::Status::OK);
}

std::size_t Service::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

void Service::Forget(ActiveStream& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(&stream);
}

}  // namespace mcp_vitals::scaler
