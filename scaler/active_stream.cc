#include "scaler/active_stream.h"

#include "scaler/service.h"

namespace mcp_vitals::scaler {

namespace {
// KEDA needs none; it keeps what is between it and us from taking the silence for an end.
constexpr auto kHeartbeat = std::chrono::seconds(60);
}  // namespace

void ActiveStream::Offer(bool active, Time now) {
  const std::lock_guard lock(mutex_);
  active_ = active;
  now_ = now;
  SendNews();
}

void ActiveStream::SendNews() {
  if (writing_ || ended_) return;
  const bool is_news = !said_ || message_.result() != active_ || now_ - *said_ >= kHeartbeat;
  if (!is_news) return;
  message_.set_result(active_);
  said_ = now_;
  writing_ = true;
  StartWrite(&message_);
}

void ActiveStream::End(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = true;
  Finish(status);
}

void ActiveStream::OnWriteDone(bool ok) {
  if (!ok) return End(grpc::Status::CANCELLED);
  const std::lock_guard lock(mutex_);
  writing_ = false;
  SendNews();  // what has changed meanwhile
}

void ActiveStream::OnDone() {
  service_.Forget(*this);
  delete this;
}

}  // namespace mcp_vitals::scaler
