#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/async.h"

namespace mcp_vitals::net {

// TLS on a connected socket: OpenSSL reads and writes the socket itself, and the event loop only
// waits until it may. `socket` stays where it is for as long as this lives; closing it ends every
// operation, and so does cancelling what waits for it once `timed_out` is set.
class TlsStream {
 public:
  TlsStream(TcpSocket& socket, const bool& timed_out, asio::ssl::context& context);

  // Errors: kTimeout, kTlsFailed, kReset, kClosedEarly; `why` says more.
  Task<Result<void>> ShakeHands(std::string& why);
  // Errors: kTimeout, kTlsFailed (an alert, a broken record), kReset.
  Task<Result<void>> Write(std::string_view bytes);
  // At least one byte; 0 at an orderly end. Errors as for Write, and kClosedEarly for an end
  // without TLS's own goodbye, which anybody on the way can forge.
  Task<Result<std::size_t>> ReadSome(std::span<char> into);
  // Sends TLS's closing message if it can be sent at once.
  void SayGoodbye();

  bool has_pending() const;  // decrypted, and not read yet
  SSL* native() { return ssl_.get(); }

 private:
  // Calls `step` (an SSL_… function) until it has done its work; its last result, or why it failed.
  template <class Step>
  Task<Result<int>> Repeat(Step step, std::string* why);

  TcpSocket& socket_;
  const bool& timed_out_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool usable_ = false;  // after the handshake, and until an error
};

}  // namespace mcp_vitals::net
