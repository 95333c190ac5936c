#include "proxy/link.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "proxy/core.h"

namespace mcp_vitals::proxy {

using Status = net::Stream::Status;

bool Link::Start() { return core_.poller.Add(stream_.fd(), shared_from_this()); }

void Link::Read() {
  watching_ = false;
  if (reading_) return;
  reading_ = true;
  if (may_read_) core_.poller.Again(shared_from_this());
}

void Link::Watch() {
  watching_ = true;
  if (ended_) core_.poller.Again(shared_from_this());
}

void Link::OnEdges(Edges edges) {
  may_read_ = may_read_ || edges.readable;
  ended_ = ended_ || edges.ended;
  if (edges.writable && is_sending()) Flush();
  if (!is_open()) return;
  if (may_read_ && reading_) return ReadNow();
  if (ended_ && std::exchange(watching_, false)) OnEnd(false);
}

// Once, so that no connection keeps the others waiting.
void Link::ReadNow() {
  const auto got = stream_.Read(core_.input);
  if (got.status == Status::kWouldBlock) {
    may_read_ = false;
    return;
  }
  reading_ = false;
  if (got.status != Status::kDone) return OnEnd(got.status == Status::kEnded);
  // A short read has found all that there was; what comes later is another edge.
  may_read_ = ended_ || got.bytes == core_.input.size();
  OnBytes({core_.input.data(), got.bytes});
}

bool Link::Send(std::string_view bytes) {
  if (is_sending()) {
    unsent_ += bytes;
    return false;
  }
  const auto sent = stream_.Write(bytes);
  if (sent.status == Status::kDone) return true;
  if (sent.status == Status::kBroken) {
    // Who reads will see it; who does not is told.
    if (!reading_ && !watching_) TellEnd(false);
    return true;
  }
  unsent_ = bytes.substr(sent.bytes);
  pending_then_ = pending();
  stuck_at_ = net::Clock::now() + core_.settings.timeouts.write;
  return false;
}

// A slow peer takes what the kernel holds long before we may write again.
bool Link::IsStuck(Time now) {
  if (!is_sending() || now < stuck_at_) return false;
  const std::size_t left = pending();
  if (left >= pending_then_) return true;
  pending_then_ = left;
  stuck_at_ = now + core_.settings.timeouts.write;
  return false;
}

void Link::Flush() {
  const auto sent = stream_.Write(unsent_);
  unsent_.erase(0, sent.bytes);
  if (sent.status == Status::kWouldBlock) return;
  unsent_ = std::string();
  if (ends_sending_) stream_.EndWriting();
  OnSent();
}

void Link::EndSending() {
  ends_sending_ = true;
  if (!is_sending()) stream_.EndWriting();
}

void Link::TellEnd(bool in_order) {
  reading_ = true;  // so that it is told once
  boost::asio::post(core_.executor, [self = shared_from_this(), in_order] {
    self->reading_ = false;
    self->OnEnd(in_order);
  });
}

void Link::Close() {
  if (!is_open()) return;
  const auto self = shared_from_this();  // the poller's may be the last
  core_.poller.Remove(stream_.fd());
  stream_.Close();
  unsent_ = std::string();
  if (reading_ || std::exchange(watching_, false)) TellEnd(false);
}

}  // namespace mcp_vitals::proxy
