#include "probe/failure.h"

#include <algorithm>

#include "mcp/error.h"
#include "mcp/utf8.h"
#include "net/error.h"

namespace mcp_vitals::probe {

using vitals::Phase;
using vitals::Reason;

Phase DialPhase(const net::DialTrace& trace) {
  switch (trace.step) {
    case net::DialTrace::Step::kResolve:
      return Phase::kResolve;
    case net::DialTrace::Step::kConnect:
      return Phase::kConnect;
    case net::DialTrace::Step::kTls:
      return Phase::kTls;
  }
  return Phase::kConnect;
}

Failure DialFailure(const boost::system::error_code& error, const net::DialTrace& trace,
                    const std::string& host) {
  const std::string said = trace.detail.empty() ? "" : " (" + Printable(trace.detail) + ")";
  if (error == net::Error::kTimeout) {
    return {Reason::kTimeout,
            "no answer in time while in phase " + std::string(ToString(DialPhase(trace))) + said,
            trace.step == net::DialTrace::Step::kConnect
                ? "A firewall that drops packets, or a wrong address, looks like this."
                : ""};
  }
  if (error == net::Error::kNameNotFound) {
    return {Reason::kDnsError, "the name " + Printable(host) + " does not exist or has no address",
            "Check the host's spelling and its DNS record."};
  }
  if (error == net::Error::kNameLookupFailed) {
    return {Reason::kDnsError, "no DNS server gave an answer for " + Printable(host),
            "Check that the DNS server can be reached and serves this zone."};
  }
  if (error == net::Error::kNoDescriptors) {
    return {Reason::kInternal, "the prober itself is out of file descriptors" + said,
            "Raise its limit (ulimit -n, LimitNOFILE), or probe fewer at once."};
  }
  if (error == net::Error::kRefused) {
    return {Reason::kConnectionRefused, "nothing listens there" + said,
            "Check the port, and that the server or its Ingress is running."};
  }
  if (error == net::Error::kCertificateExpired) {
    return {Reason::kCertificateExpired, "the certificate does not verify" + said,
            "Renew the certificate, and check the clock on both sides."};
  }
  if (error == net::Error::kCertificateInvalid) {
    return {Reason::kCertificateInvalid, "the certificate does not verify" + said,
            "Check that it names this host and that the chain is sent whole; for a private CA give "
            "its ca_file (--ca-file)."};
  }
  if (error == net::Error::kTlsFailed) {
    return {Reason::kTlsError, "the TLS handshake failed" + said,
            "Is this a plain HTTP port, or does the server ask for a client certificate?"};
  }
  return {Reason::kConnectionError, "could not connect" + said, ""};
}

Failure ExchangeFailure(const boost::system::error_code& error, bool in_body, bool known_mcp) {
  if (error == net::Error::kTimeout) {
    return {Reason::kTimeout,
            in_body ? "the answer began and did not come to its end in time" : "no answer in time",
            ""};
  }
  if (error == net::Error::kTooLarge) {
    return {Reason::kResponseTooLarge, "the answer is larger than the limit", ""};
  }
  if (error == net::Error::kMalformedHttp) {
    return {known_mcp ? Reason::kProtocolError : Reason::kNotMcp, "the answer is not HTTP/1.1",
            known_mcp ? "" : "Is this an HTTP port, and is the scheme (http, https) right?"};
  }
  if (error == net::Error::kClosedEarly && in_body) {
    return {Reason::kStreamCut, "the connection ended in the middle of the answer",
            "Look for a proxy's time-out or buffer limit on the way."};
  }
  if (error == net::Error::kBadRequest) {
    return {Reason::kInternal, "a configured header holds characters that HTTP does not allow", ""};
  }
  if (error == net::Error::kReset) {
    return {Reason::kConnectionError, "the connection was reset", ""};
  }
  // In TLS 1.3 a server's refusal comes after the handshake, with the first answer.
  if (error == net::Error::kTlsFailed) {
    return {Reason::kTlsError, "the server ended TLS with an alert",
            "Does it ask for a client certificate?"};
  }
  return {Reason::kConnectionError, "the connection ended without an answer", ""};
}

Failure MessageFailure(const boost::system::error_code& error, std::string_view content_type,
                       bool known_mcp) {
  if (error == mcp::Error::kTooLarge) {
    return {Reason::kResponseTooLarge, "a part of the answer is larger than the limit", ""};
  }
  std::string seen = content_type.empty() ? "no content type" : Printable(content_type, 60);
  // What has the wrong shape is a message, of something that means to speak MCP.
  if (known_mcp || error == mcp::Error::kWrongShape) {
    return {Reason::kProtocolError, "an answer (" + seen + ") is amiss: " + error.message(), ""};
  }
  return {Reason::kNotMcp, "the answer (" + seen + ") is no MCP: " + error.message(),
          "Something answers here, but no MCP server: check the path, often /mcp or /sse."};
}

Failure StatusFailure(int status, std::string_view excerpt, bool has_session) {
  std::string detail = "answered HTTP " + std::to_string(status);
  if (!excerpt.empty()) detail += ": " + Printable(excerpt);
  const auto error = [&](std::string hint) {
    return Failure{Reason::kHttpError, detail, std::move(hint)};
  };
  if (status == 429) {
    return {Reason::kRateLimited, detail, "Probe less often, or exempt the prober."};
  }
  if (has_session && (status == 404 || status == 400)) {
    return {Reason::kSessionError, detail + " (the session that it had just opened is not known)",
            "Several replicas without session affinity look like this."};
  }
  switch (status) {
    case 400:
      return error("The server, or a gateway before it, did not take the request.");
    case 404:
      return error("Nothing is served at this path: often it is /mcp or /sse.");
    case 405:
      return error(
          "This path does not take POST: for the older transport give the path of its "
          "event stream, often /sse.");
    case 406:
      return error("The server takes no Accept header that names both JSON and event streams.");
    case 421:
      return error(
          "A guard does not know this host name: allow it in the server, or set the "
          "header Host.");
    case 502:
    case 503:
    case 504:
      return error("A gateway answers, and the server behind it does not.");
    default:
      return error("");
  }
}

std::string Printable(std::string_view text, std::size_t limit) {
  const std::string_view kept = mcp::Utf8Prefix(text, limit);
  std::string out;
  out.reserve(kept.size() + 3);
  for (std::size_t i = 0; i < kept.size();) {
    const std::size_t length = mcp::Utf8SequenceLength(kept.substr(i));
    const auto first = static_cast<unsigned char>(kept[i]);
    // C0, DEL, and C1 (U+0080 to U+009F), which some terminals obey too.
    const bool control = first < 0x20 || first == 0x7f ||
                         (first == 0xC2 && static_cast<unsigned char>(kept[i + 1]) < 0xA0);
    if (length == 0 || control) {
      out += '?';
    } else {
      out += kept.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  if (kept.size() < text.size()) out += "…";
  return out;
}

}  // namespace mcp_vitals::probe
