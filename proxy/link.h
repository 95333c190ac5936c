#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/poller.h"
#include "net/stream.h"
#include "proxy/clock.h"

namespace mcp_vitals::proxy {

struct Core;

// One connection of the two that the proxy stands between: reads when it is told to, sends at once
// or as soon as it can, and tells what comes of it. The poller keeps it alive until Close. Neither
// coroutines nor Asio's operations, since ten thousand may wait at the same time: a wait here costs
// nothing at all. One thread.
class Link : public net::PollHandler, public std::enable_shared_from_this<Link> {
 public:
  Link(Core& core, net::Stream stream) : core_(core), stream_(std::move(stream)) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Begins, once, when a shared_ptr holds it. False: the kernel can't watch it.
  bool Start();
  // Waits for bytes, for OnBytes or OnEnd. If it waits already, that is enough.
  void Read();
  // Instead of reading: waits for the peer to leave, for OnEnd. What it has sent before stays where
  // it is.
  void Watch();
  // True when all bytes have gone, or may be forgotten since nobody takes them: then OnEnd will
  // tell. False: the rest is held, and OnSent will tell; until then no more should be sent than
  // what a read brings that had begun before.
  bool Send(std::string_view bytes);
  // Nothing more will be sent: the peer is told so behind what waits.
  void EndSending();
  // Ends all; OnEnd is told if Read or Watch waits.
  void Close();
  bool is_open() const { return stream_.is_open(); }
  bool is_sending() const { return !unsent_.empty(); }
  // What waits to be sent has waited for the write time-out in which the peer took nothing.
  bool IsStuck(Time now);

 protected:
  // The bytes are there during the call only, and so is what else Core lends.
  virtual void OnBytes(std::string_view bytes) = 0;
  // Nothing will be read any more: the peer has ended, in order or not, or Close was called. While
  // it is watched, what it had sent before may be lost.
  virtual void OnEnd(bool in_order) = 0;
  virtual void OnSent() = 0;

  Core& core_;
  net::Stream stream_;

 private:
  void OnEdges(Edges edges) final;
  void ReadNow();
  void Flush();
  void TellEnd(bool in_order);
  std::size_t pending() const { return unsent_.size() + stream_.unacknowledged(); }

  std::string unsent_;
  std::size_t pending_then_ = 0;  // when the time-out began
  Time stuck_at_ = Time::max();
  bool may_read_ = false;  // there may be bytes, or the end
  bool ended_ = false;     // the end is behind what there is
  bool reading_ = false;
  bool watching_ = false;
  bool ends_sending_ = false;  // when all has gone
};

}  // namespace mcp_vitals::proxy
