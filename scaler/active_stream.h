#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "scaler/externalscaler.grpc.pb.h"
#include "scaler/verdict.h"

namespace mcp_vitals::scaler {

class Service;

// One open StreamIsActive. gRPC owns it until OnDone. One message is under way at most: who never
// reads is sent nothing more, and holds no memory.
class ActiveStream final : public grpc::ServerWriteReactor<externalscaler::IsActiveResponse> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  ActiveStream(Service& service, Policy policy) : service_(service), policy_(std::move(policy)) {}

  const Policy& policy() const { return policy_; }
  // Sends it, if it is news or has not been said for long. Any thread.
  void Offer(bool active, Time now);
  void End(const grpc::Status& status);

 private:
  void SendNews();
  void OnWriteDone(bool ok) override;
  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override;

  Service& service_;
  const Policy policy_;
  std::mutex mutex_;
  externalscaler::IsActiveResponse message_;
  bool writing_ = false;
  bool ended_ = false;
  bool active_ = false;  // as offered last
  Time now_;
  std::optional<Time> said_;  // when the message was sent; nothing: never
};

}  // namespace mcp_vitals::scaler
