#include "net/socket_bio.h"

#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace mcp_vitals::net {

namespace {

int Descriptor(TcpSocket& socket) { return socket.native_handle(); }
int Descriptor(const int& fd) { return fd; }

template <class Socket>
int BioWrite(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  auto* socket = static_cast<Socket*>(BIO_get_data(bio));
  const auto sent = ::send(Descriptor(*socket), bytes, static_cast<std::size_t>(size),
                           MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

template <class Socket>
int BioRead(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  auto* socket = static_cast<Socket*>(BIO_get_data(bio));
  errno = 0;  // stays so at the end of the stream
  const auto got = ::recv(Descriptor(*socket), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

template <class Socket>
const BIO_METHOD* SocketMethod() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, &BioWrite<Socket>);
    BIO_meth_set_read(made, &BioRead<Socket>);
    BIO_meth_set_ctrl(made, &BioControl);
    return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(made, &BIO_meth_free);
  }();
  return method.get();
}

template <class Socket>
BIO* NewBio(Socket& socket) {
  BIO* const bio = BIO_new(SocketMethod<Socket>());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

BIO* NewSocketBio(TcpSocket& socket) { return NewBio(socket); }
BIO* NewSocketBio(int& fd) { return NewBio(fd); }

}  // namespace mcp_vitals::net
