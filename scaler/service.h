#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>

#include "scaler/externalscaler.grpc.pb.h"
#include "scaler/verdict.h"

namespace mcp_vitals::scaler {

class ActiveStream;

// The calls of the interface that are answered, each the value of a label.
enum class Call { kIsActive, kStreamIsActive, kGetMetricSpec, kGetMetrics };
inline constexpr std::size_t kCallCount = 4;
std::string_view ToString(Call call);  // "IsActive", …

// How a call may end here, likewise.
enum class Code { kOk, kInvalidArgument, kNotFound, kUnavailable, kResourceExhausted };
inline constexpr std::size_t kCodeCount = 5;
std::string_view ToString(Code code);  // "OK", "INVALID_ARGUMENT", …

// KEDA's calls. Every answer comes from `verdicts`, on the thread of the call, without waiting: a
// scaler that hangs is invisible to the HPA. Wrong metadata is INVALID_ARGUMENT and names the key,
// another fleet is NOT_FOUND, blindness is UNAVAILABLE; GetMetricSpec alone answers blind, from the
// trigger's metadata, since KEDA's fallback lives on it. Whoever sends the metadata kExplainHeader
// with GetMetrics gets the sentences beside the answer, or the error: KEDA does not. Thread-safe.
class Service final : public externalscaler::ExternalScaler::CallbackService {
 public:
  static constexpr std::size_t kMaxStreams = 4096;

  // `verdicts` outlives it.
  explicit Service(const Verdicts& verdicts) : verdicts_(verdicts) {}

  // Brings every open stream up to date: a change is sent, and else once in a while what was said
  // last. About once a second, by one thread.
  void Tick(std::chrono::steady_clock::time_point now);
  // Ends every stream with OK, after which KEDA comes back soon; a new one ends at once.
  void Stop();
  std::size_t streams() const;
  // Since the start, of calls that ended so; a stream counts when it opens.
  std::uint64_t calls(Call call, Code code) const { return calls_[Index(call, code)]; }

 private:
  friend class ActiveStream;
  using Context = grpc::CallbackServerContext;
  using Ref = externalscaler::ScaledObjectRef;

  grpc::ServerUnaryReactor* IsActive(Context* context, const Ref* ref,
                                     externalscaler::IsActiveResponse* response) override;
  grpc::ServerWriteReactor<externalscaler::IsActiveResponse>* StreamIsActive(
      Context* context, const Ref* ref) override;
  grpc::ServerUnaryReactor* GetMetricSpec(Context* context, const Ref* ref,
                                          externalscaler::GetMetricSpecResponse* response) override;
  grpc::ServerUnaryReactor* GetMetrics(Context* context,
                                       const externalscaler::GetMetricsRequest* request,
                                       externalscaler::GetMetricsResponse* response) override;

  static std::size_t Index(Call call, Code code) {
    return static_cast<std::size_t>(call) * kCodeCount + static_cast<std::size_t>(code);
  }
  grpc::ServerUnaryReactor* Reply(Context& context, Call call, const grpc::Status& status);
  void CountCall(Call call, const grpc::Status& status);
  grpc::Status Read(const Ref& ref, Policy& policy) const;
  std::variant<Verdict, Blind> AskFor(Context& context, const Policy& policy) const;
  void Forget(ActiveStream& stream);

  const Verdicts& verdicts_;
  std::array<std::atomic<std::uint64_t>, kCallCount * kCodeCount> calls_{};
  mutable std::mutex mutex_;
  std::set<ActiveStream*> streams_;
  bool stopped_ = false;
};

}  // namespace mcp_vitals::scaler
