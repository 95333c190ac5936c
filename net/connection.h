#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/async.h"
#include "net/error.h"
#include "net/tls_context.h"

namespace mcp_vitals::net {

// What a server's certificate said, whether or not it verified.
struct CertificateFacts {
  // In seconds, since a year such as 9999 ("no expiry", RFC 5280) is beyond system_clock's range;
  // nothing where the certificate holds no time that can be read.
  std::optional<std::chrono::sys_seconds> not_after;           // the leaf's
  std::optional<std::chrono::sys_seconds> earliest_not_after;  // the earliest in the chain as sent
  std::string issuer;                                          // RFC 2253 names
  std::string subject;
  std::string verification;  // "" when it verified, else OpenSSL's words
};

// What was seen while a connection was made, as far as it got: filled in on failure too.
struct DialTrace {
  enum class Step { kResolve, kConnect, kTls };
  Step step = Step::kResolve;  // the last one begun; where a failure happened
  std::optional<Clock::duration> resolve, connect, tls;  // nothing for a step not begun
  std::optional<asio::ip::address> address;              // used, or last tried
  std::string tls_version;                               // "TLSv1.3"
  std::optional<CertificateFacts> certificate;
  std::string detail;  // what the system said of a failure, for people; no secrets
};

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string address;              // connect to this IP instead of looking `host` up
  std::string dns_server;           // ask this one; "" means the system's
  std::shared_ptr<TlsContext> tls;  // null: plain TCP
  // Of `tls` only whom it trusts: no client certificate, no other server name, nothing unverified.
  bool trust_only = false;
};

// A TCP or TLS connection whose every operation ends by the deadline set last. A read that timed
// out may be tried again under a later one; a write may not, since nobody knows how far it came.
// Movable; used from the thread that runs its io_context. Destroying it closes the socket.
class Connection {
 public:
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  void SetDeadline(Deadline deadline);
  // Writes all of `bytes`, which must outlive the await. Errors: kTimeout, kReset, kTlsFailed.
  Task<Result<void>> Write(std::string_view bytes);
  // At least one byte; 0 at an orderly end. Errors: kTimeout, kReset, kTlsFailed (an alert: some
  // servers refuse a client's certificate only after the handshake), kClosedEarly (TLS cut without
  // its closing message).
  Task<Result<std::size_t>> ReadSome(std::span<char> into);
  // True when time is left, and the peer has neither closed nor sent anything that was not asked
  // for: the connection may carry another request. Does not block.
  bool IdleAndOpen();
  // The socket itself, of a connection without TLS, for the caller to close; nothing may be under
  // way. -1 if it can't be had.
  int Release() &&;
  // Whatever is under way ends with kReset. TLS says goodbye if that needs no waiting.
  void Close();

  struct Impl;
  explicit Connection(std::shared_ptr<Impl> impl);

 private:
  std::shared_ptr<Impl> impl_;  // shared with its own operations alone
};

// Looks the host up, tries its addresses in turn (RFC 8305: families interleaved, the next one
// after 250 ms or at once after a failure; the first that connects wins), then TLS with SNI and
// verification of chain and name. `trace` must outlive the await.
Task<Result<Connection>> Dial(Endpoint endpoint, Deadline deadline, DialTrace& trace);

}  // namespace mcp_vitals::net
