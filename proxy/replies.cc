#include "proxy/replies.h"

#include <boost/beast/http/status.hpp>

namespace mcp_vitals::proxy {

std::string Reply(int status, std::string_view why, bool to_head) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  std::string body = "mcp-vitals: ";
  body.append(why).append("\n");
  std::string reply = "HTTP/1.1 " + std::to_string(status) + " ";
  reply.append(reason.data(), reason.size());
  if (status == 503) reply += "\r\nRetry-After: 1";
  reply += "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  if (!to_head) reply += body;
  return reply;
}

int StatusOf(Malformed wrong) {
  switch (wrong) {
    case Malformed::kHeadTooLarge:
      return 431;
    case Malformed::kUriTooLong:
      return 414;
    case Malformed::kHttp2:
      return 505;
    default:
      return 400;
  }
}

std::string_view Why(Malformed wrong) {
  switch (wrong) {
    case Malformed::kHeadTooLarge:
      return "the request's header is too large";
    case Malformed::kUriTooLong:
      return "the request line is too long";
    case Malformed::kHttp2:
      return "this address speaks HTTP/1.1, not HTTP/2";
    default:
      return "the request is not HTTP/1.1 as RFC 9112 has it";
  }
}

}  // namespace mcp_vitals::proxy
