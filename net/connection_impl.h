#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "net/connection.h"
#include "net/tls_handshake.h"

namespace mcp_vitals::net {

struct Connection::Impl : std::enable_shared_from_this<Connection::Impl> {
  explicit Impl(TcpSocket connected) : socket(std::move(connected)), timer(socket.get_executor()) {}

  TcpSocket& tcp() { return tls ? tls->next_layer() : socket; }
  // Ends every operation, under way or to come, at `new_deadline` by closing the socket.
  void Guard(Deadline new_deadline);

  TcpSocket socket;  // moved from once `tls` holds it
  std::optional<TlsStream> tls;
  Timer timer;
  Deadline deadline = Deadline::max();
  bool timed_out = false;
};

}  // namespace mcp_vitals::net
