#pragma once

#include <memory>
#include <optional>

#include "net/connection.h"
#include "net/tls_stream.h"

namespace mcp_vitals::net {

struct Connection::Impl : std::enable_shared_from_this<Connection::Impl> {
  explicit Impl(Executor executor) : socket(executor), timer(executor) {}

  // Ends every operation, under way or to come, at `new_deadline`.
  void Guard(Deadline new_deadline);
  void Close();

  TcpSocket socket;
  std::optional<TlsStream> tls;
  Timer timer;
  Deadline deadline = Deadline::max();
  // Whoever waits for the socket more than once looks at it before each wait, since the end of
  // the one before may just be on its way when time runs out.
  bool timed_out = false;
};

}  // namespace mcp_vitals::net
