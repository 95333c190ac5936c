#pragma once

#include <openssl/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mcp_vitals::relay {

// How a connection ended.
enum class End { kNot, kClean, kReset };

struct Answer {
  int status = 0;
  std::string head;  // as it came, with the empty line
  std::string body;  // without its framing
  std::string trailers;
  bool whole = false;  // it came to the end that it had announced
};

// The client's end of a connection: blocking, and it sees every byte. Every wait is bounded, so
// that no test hangs; what did not come in time is as if it had not come at all.
class ClientEnd {
 public:
  // `receive_buffer`: of the socket, in bytes; 0 leaves it to the system.
  explicit ClientEnd(std::uint16_t port, int receive_buffer = 0);
  ~ClientEnd() { Close(); }
  ClientEnd(ClientEnd&& other) noexcept;
  ClientEnd& operator=(ClientEnd&&) = delete;

  // From here on speaks TLS, whoever the peer says it is; false when it does not.
  bool StartTls();

  // False when the peer has gone.
  bool Send(std::string_view bytes);
  // Bytes so far that the system has taken; from any thread.
  std::size_t sent() const { return sent_; }
  // All up to and with the first `mark`; what there is if the connection ends before.
  std::string ReadUntil(std::string_view mark);
  // One final answer, after any 1xx. `to_head`: it has no body, whatever its head says.
  Answer ReadAnswer(bool to_head = false);
  Answer Ask(std::string_view request) {
    Send(request);
    return ReadAnswer();
  }
  // All until the connection ends; `end()` tells how.
  std::string ReadToEnd();
  End end() const { return end_; }

  void Close();
  void Reset();            // RST instead of FIN
  void ShutDownSending();  // FIN, and goes on reading

 private:
  long Receive(char* into, std::size_t size);
  bool ReadMore();
  std::string Take(std::size_t size);
  bool ReadChunks(Answer& answer);

  int fd_;
  std::shared_ptr<SSL> tls_;  // null: plain
  std::string read_;          // and not used yet
  End end_ = End::kNot;
  std::atomic<std::size_t> sent_ = 0;
};

}  // namespace mcp_vitals::relay
