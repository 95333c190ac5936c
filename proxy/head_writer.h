#pragma once

#include <string>
#include <string_view>

#include "proxy/head.h"
#include "proxy/message_parser.h"

namespace mcp_vitals::proxy {

enum class HostHeader { kPreserve, kReplace };
enum class Forwarded { kAppend, kReplace, kPreserve };

// What a request's head says differently when it goes on.
struct RequestRewrite {
  HostHeader host_header = HostHeader::kPreserve;
  std::string host;  // for kReplace, and for an HTTP/1.0 request without one
  Forwarded forwarded = Forwarded::kAppend;
};
// The client as `X-Forwarded-*` tell of it.
struct ClientFacts {
  std::string_view address;  // without port
  std::string_view scheme;   // "http", "https"
};

// The protocol that a message asks to change to, or changes to ("websocket"), when its `Connection`
// names Upgrade; "" when there is none. "h2c" is none: it may not go on (RFC 9110, 7.8).
std::string_view UpgradeOf(const Head& head);

// Append a head as it goes on: without what is said to the next hop alone (RFC 9110, 7.6.1), with
// the framing given, and all else as it came.
void WriteRequestHead(const Head& head, const RequestRewrite& rewrite, const ClientFacts& client,
                      Framing framing, std::string_view upgrade, std::string& out);
// `connection`: the value of the field Connection; "" for none.
void WriteAnswerHead(const Head& head, Framing framing, std::string_view connection,
                     std::string_view upgrade, std::string& out);

// The header by which our own probes are known; it never goes on.
inline constexpr std::string_view kProbeTokenHeader = "Mcp-Vitals-Probe";

}  // namespace mcp_vitals::proxy
