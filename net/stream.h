#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace mcp_vitals::net {

// A connected TCP socket that is read and written without waiting; a Poller tells when to try
// again. So nothing holds a buffer while it waits. One thread.
class Stream {
 public:
  enum class Status {
    kDone,        // some bytes went
    kWouldBlock,  // none, now
    kEnded,       // reading: the peer has ended in order
    kBroken,      // by the peer, or on the way
  };
  struct Transfer {
    Status status = Status::kDone;
    std::size_t bytes = 0;
  };

  // Takes a connected socket, which it closes. Nagle's algorithm is turned off, and a peer that has
  // vanished without a word is missed after a minute and a half.
  explicit Stream(int fd);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&&) = delete;
  ~Stream() { Close(); }

  // From here on speaks TLS, as a server; its handshake is a part of reading. Not to be moved then.
  void StartTls(boost::asio::ssl::context& context);
  bool has_tls() const { return ssl_ != nullptr; }

  Transfer Read(std::span<char> into);
  // As many of the bytes as go: on kWouldBlock `bytes` of them have gone.
  Transfer Write(std::string_view bytes);
  // No more will be written; the peer sees the end after what has been.
  void EndWriting();
  void Close();
  // Close becomes a reset, which takes what is on its way with it.
  void ResetOnClose();
  bool is_open() const { return fd_ >= 0; }
  // Bytes written that the peer has not acknowledged.
  std::size_t unacknowledged() const;
  int fd() const { return fd_; }

 private:
  Transfer ReadTls(std::span<char> into);
  Transfer WriteTls(std::string_view bytes);
  Status TlsStatus(int result) const;

  int fd_;                                    // -1: closed
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;  // null: none
};

}  // namespace mcp_vitals::net
