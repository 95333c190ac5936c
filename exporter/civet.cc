#include "exporter/civet.h"

#include <civetweb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cctype>
#include <cstring>
#include <exception>
#include <streambuf>
#include <system_error>
#include <thread>

namespace mcp_vitals::exporter {
namespace {

// For a whole head, which arrives in one piece, and for one write, which the front takes or cuts.
constexpr char kTimeoutMs[] = "15000";

// Bytes to the client, as chunks for HTTP/1.1. Fails when the client is gone.
class BodyBuffer : public std::streambuf {
 public:
  BodyBuffer(mg_connection* connection, bool chunked) : connection_(connection), chunked_(chunked) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }
  bool Finish() { return Flush() && (!chunked_ || mg_write(connection_, "0\r\n\r\n", 5) > 0); }

 protected:
  int_type overflow(int_type c) override {
    if (!Flush()) return traits_type::eof();
    if (c != traits_type::eof()) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  int sync() override { return Flush() ? 0 : -1; }

 private:
  bool Flush() {
    const auto size = static_cast<unsigned>(pptr() - pbase());
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    if (gone_ || size == 0) return !gone_;
    const int written = chunked_ ? mg_send_chunk(connection_, buffer_.data(), size)
                                 : mg_write(connection_, buffer_.data(), size);
    gone_ = written <= 0;
    return !gone_;
  }

  mg_connection* connection_;
  bool chunked_;
  bool gone_ = false;
  std::array<char, 16384> buffer_;
};

void WriteAnswer(mg_connection* connection, const mg_request_info& info, const Response& answer) {
  const bool head_only = std::strcmp(info.request_method, "HEAD") == 0;
  const bool chunked = answer.stream && std::strcmp(info.http_version, "1.1") == 0;
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                     std::string(StatusText(answer.status)) +
                     "\r\nContent-Type: " + answer.content_type +
                     "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  if (chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!answer.stream) {
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  head += "Connection: close\r\n\r\n";
  if (!answer.stream && !head_only) head += answer.body;
  if (mg_write(connection, head.data(), head.size()) <= 0 || head_only || !answer.stream) return;

  const auto buffer = std::make_unique<BodyBuffer>(connection, chunked);
  std::ostream out(buffer.get());
  answer.stream(out);
  // An answer that could not be written whole must not look whole: its last chunk stays away.
  if (out) buffer->Finish();
}

Request ToRequest(const mg_request_info& info) {
  Request request;
  request.method = info.request_method;
  request.path = info.local_uri ? info.local_uri : "";
  if (info.query_string) request.query = ParseQuery(info.query_string);
  for (int i = 0; i < info.num_headers; ++i) {
    std::string name = info.http_headers[i].name;
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    request.headers.try_emplace(std::move(name), info.http_headers[i].value);
  }
  return request;
}

}  // namespace

struct Civet::Impl {
  Options options;
  mg_context* context = nullptr;
  std::uint16_t port = 0;
  std::atomic<bool> lacks_workers{false};

  static int BeginRequest(mg_connection* connection);
  static int HttpError(mg_connection* connection, int status, const char* message);
  static int Log(const mg_connection* connection, const char* message);
};

// Never 0: civetweb would look for files then.
int Civet::Impl::BeginRequest(mg_connection* connection) {
  const mg_request_info& info = *mg_get_request_info(connection);
  const auto& self = *static_cast<Impl*>(info.user_data);
  int status = 500;
  const auto write = [&](const Response& answer) {
    status = answer.status;
    WriteAnswer(connection, info, answer);
  };
  const bool ours = std::strcmp(info.remote_addr, kFrom) == 0 &&
                    self.options.is_ours(static_cast<std::uint16_t>(info.remote_port));
  if (!ours) {
    Response refusal;
    refusal.status = 403;
    write(refusal);
    return 403;
  }
  try {
    self.options.serve(ToRequest(info), write);
  } catch (const std::exception& e) {
    self.options.log("request failed: " + std::string(e.what()));
    Response failed;
    failed.status = 500;
    failed.body = "internal error\n";
    write(failed);
  }
  return status;
}

// What civetweb itself refuses, in few words. 0: answered.
int Civet::Impl::HttpError(mg_connection* connection, int status, const char*) {
  const mg_request_info& info = *mg_get_request_info(connection);
  Response refusal;
  refusal.status = status;
  refusal.body = std::string(StatusText(status)) + "\n";
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + " " + std::string(StatusText(status)) +
      "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(refusal.body.size()) +
      "\r\nConnection: close\r\n\r\n";
  if (!info.request_method || std::strcmp(info.request_method, "HEAD") != 0) text += refusal.body;
  mg_write(connection, text.data(), text.size());
  return 0;
}

int Civet::Impl::Log(const mg_connection* connection, const char* message) {
  const auto* context = mg_get_context(connection);
  auto& self = *static_cast<Impl*>(mg_get_user_data(context));
  // It would go on with those that it has, and says so nowhere else.
  if (std::string_view(message).starts_with("Cannot start worker thread")) {
    self.lacks_workers = true;
  }
  self.options.log(message);
  return 1;
}

Civet::Civet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Civet> Civet::Start(Options options, std::string& error) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  mg_callbacks callbacks{};
  callbacks.begin_request = &Impl::BeginRequest;
  callbacks.http_error = &Impl::HttpError;
  callbacks.log_message = &Impl::Log;
  const std::string workers = std::to_string(impl->options.workers);
  const std::string max_head = std::to_string(kMaxHeadBytes);
  const std::array<const char*, 15> settings = {"listening_ports",
                                                "127.0.0.1:0",
                                                "num_threads",
                                                workers.c_str(),
                                                "request_timeout_ms",
                                                kTimeoutMs,
                                                "tcp_nodelay",
                                                "1",
                                                "enable_keep_alive",
                                                "no",
                                                "max_request_size",
                                                max_head.c_str(),
                                                "connection_queue",
                                                "128",
                                                nullptr};
  mg_init_library(MG_FEATURES_DEFAULT);
  impl->context = mg_start(&callbacks, impl.get(), const_cast<const char**>(settings.data()));
  std::unique_ptr<Civet> civet(new Civet(std::move(impl)));
  mg_server_port listening{};
  if (civet->impl_->lacks_workers) {
    error = "not all of " + workers +
            " threads for HTTP could be started: raise the limit of processes " +
            "(pids.max of the cgroup, TasksMax of a systemd unit)";
    return nullptr;
  }
  if (!civet->impl_->context || mg_get_server_ports(civet->impl_->context, 1, &listening) != 1) {
    error = "the HTTP workers could not be started on 127.0.0.1";
    return nullptr;
  }
  civet->impl_->port = static_cast<std::uint16_t>(listening.port);
  return civet;
}

namespace {

// civetweb looks at its stop flag when a connection wakes it, or else after two seconds.
void Wake(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // If it is refused there is nobody to wake.
  static_cast<void>(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(fd);
}

}  // namespace

Civet::~Civet() {
  if (!impl_->context) return;
  std::atomic<bool> stopped{false};
  std::thread waker;
  try {
    waker = std::thread([&] {
      while (!stopped) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        Wake(impl_->port);
      }
    });
  } catch (const std::system_error&) {  // no thread is to be had: it takes its two seconds
  }
  mg_stop(impl_->context);
  stopped = true;
  if (waker.joinable()) waker.join();
  mg_exit_library();
}

std::uint16_t Civet::port() const { return impl_->port; }

}  // namespace mcp_vitals::exporter
