#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace mcp_vitals::net {

// What can go wrong between a name and the last byte of an HTTP answer. Functions of this folder
// return these; what the system said more exactly stands in the trace's `detail`.
enum class Error {
  kBadUrl = 1,
  kBadRequest,          // a header or target of ours that HTTP does not allow
  kNameNotFound,        // the name does not exist, or has no address
  kNameLookupFailed,    // no DNS server answered usefully
  kRefused,             // every address refused
  kConnectFailed,       // unreachable, reset while connecting, …
  kNoDescriptors,       // this process, or the machine, is out of file descriptors
  kTlsFailed,           // handshake failed for another reason than the certificate
  kCertificateExpired,  // of any certificate in the chain, or not yet valid
  kCertificateInvalid,  // chain or name
  kTimeout,             // the deadline passed
  kReset,               // the connection was reset or broken
  kClosedEarly,         // ended before the answer was complete
  kNoAnswer,            // ended before the first byte of an answer
  kMalformedHttp,
  kTooLarge,            // a head or body over its bound
  kRedirectNotAllowed,  // a redirect, and the policy forbids it (https to http always)
};

const boost::system::error_category& ErrorCategory();
inline boost::system::error_code make_error_code(Error e) {
  return {static_cast<int>(e), ErrorCategory()};
}

// Of a wait for a socket that ended with `ec`: its deadline or its awaiter (asio's cancellation)
// has ended it, kTimeout; or the peer has gone, kReset.
Error WaitError(const boost::system::error_code& ec);

}  // namespace mcp_vitals::net

template <>
struct boost::system::is_error_code_enum<mcp_vitals::net::Error> : std::true_type {};
