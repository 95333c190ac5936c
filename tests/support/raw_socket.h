#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mcp_vitals::support {

// The server's end of one connection: blocking, plain or TLS. Every wait is bounded by `kPatience`,
// after which it behaves as if the peer had gone, so that no test hangs. Never throws.
class RawSocket {
 public:
  static constexpr std::chrono::seconds kPatience{15};

  explicit RawSocket(int fd);
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  // False if the handshake failed.
  bool StartTls(SSL_CTX& context);
  // The name that the client asked for by SNI, "" for none; after StartTls.
  std::string ServerName() const;

  // True once the client has sent TLS's closing message.
  bool GotGoodbye() const;
  bool GotClientCertificate() const;

  // At least one byte; "" when the peer has gone.
  std::string ReadSome();
  // One HTTP request: head and a Content-Length body. "" when the peer has gone before its end.
  std::string ReadRequest();
  // False when the peer has gone.
  bool Send(std::string_view bytes);
  // Reads and drops whatever comes until the peer closes; false if it did not in time.
  bool WaitForClose();

  void Close();            // TLS: with close_notify
  void CloseAbruptly();    // TLS: without close_notify; plain: as Close
  void Reset();            // RST instead of FIN
  void ShutDownSending();  // FIN, and goes on reading
  // From another thread: lets every wait end.
  void Interrupt();

 private:
  long Receive(char* into, std::size_t size);
  std::mutex closing_;  // between this thread's close and another's Interrupt
  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string buffered_;  // read past the end of a request
};

}  // namespace mcp_vitals::support
