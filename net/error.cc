#include "net/error.h"

#include <boost/asio/error.hpp>
#include <string>

namespace mcp_vitals::net {

namespace {
class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "net"; }
  std::string message(int value) const override {
    switch (static_cast<Error>(value)) {
      case Error::kBadUrl:
        return "not an http or https URL";
      case Error::kBadRequest:
        return "a header or target holds characters that HTTP does not allow";
      case Error::kNameNotFound:
        return "the name does not exist or has no address";
      case Error::kNoDescriptors:
        return "no file descriptor is left";
      case Error::kNameLookupFailed:
        return "the name lookup failed";
      case Error::kRefused:
        return "connection refused";
      case Error::kConnectFailed:
        return "could not connect";
      case Error::kTlsFailed:
        return "TLS handshake failed";
      case Error::kCertificateExpired:
        return "a certificate has expired or is not valid yet";
      case Error::kCertificateInvalid:
        return "the certificate does not verify";
      case Error::kTimeout:
        return "timed out";
      case Error::kReset:
        return "connection reset";
      case Error::kClosedEarly:
        return "the connection ended before the answer was complete";
      case Error::kNoAnswer:
        return "the connection ended before an answer";
      case Error::kMalformedHttp:
        return "the answer is not HTTP/1.1";
      case Error::kTooLarge:
        return "the answer is larger than the limit";
      case Error::kRedirectNotAllowed:
        return "redirect not allowed";
    }
    return "unknown error";
  }
};
}  // namespace

const boost::system::error_category& ErrorCategory() {
  static const Category category;
  return category;
}

Error WaitError(const boost::system::error_code& ec) {
  return ec == boost::asio::error::operation_aborted ? Error::kTimeout : Error::kReset;
}

}  // namespace mcp_vitals::net
