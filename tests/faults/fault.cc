#include "tests/faults/fault.h"

#include <map>
#include <stdexcept>
#include <string>

namespace mcp_vitals::faults {

using probe::Event;
using probe::Http;

namespace {

using Answer = std::optional<std::string>;

// Neither HTTP nor JSON nor UTF-8, nor a line.
std::string RandomBytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 2463534242;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<char>(state >> 24);
    if (byte == '\r' || byte == '\n') byte = '\x80';
  }
  return bytes;
}

std::string ErrorMessage(const Moment& moment) {
  return R"({"jsonrpc":"2.0","id":)" + (moment.seen.id.empty() ? "null" : moment.seen.id) +
         R"(,"error":{"code":-32603,"message":"Internal error"}})";
}

std::string Half(const std::string& body) { return body.substr(0, body.size() / 2); }

// Until the client goes.
void Flood(Moment& moment, const std::string& piece) {
  while (moment.Push(piece)) {
  }
}

Answer WaitAndEnd(Moment& moment) {
  moment.socket.WaitForClose();
  return std::nullopt;
}

Answer Refuse(Moment&) { return Http(503, "text/plain", "upstream connect error"); }

// What expects no answer cannot be given an error by JSON-RPC: HTTP has to tell.
Answer Error(Moment& moment) {
  if (moment.expects_answer()) return moment.Deliver(moment.Wrap(ErrorMessage(moment)));
  return Http(400, "application/json", ErrorMessage(moment));
}

Answer Lose(Moment& moment) {
  moment.server.ForgetSession(moment.seen.Header("mcp-session-id"));
  return Http(404, "text/plain", "Session not found");
}

Answer Unauthorized(Moment&) {
  return Http(401, "text/plain", "no token", "WWW-Authenticate: Bearer\r\n");
}

Answer Forbidden(Moment&) { return Http(403, "text/plain", "Invalid Origin"); }

Answer Limited(Moment&) { return Http(429, "text/plain", "slow down", "Retry-After: 60\r\n"); }

Answer Redirect(Moment& moment) {
  return Http(307, "", "", "Location: " + moment.seen.target + "/\r\n");
}

Answer Hang(Moment& moment) { return WaitAndEnd(moment); }

Answer Close(Moment&) { return std::nullopt; }

Answer Reset(Moment& moment) {
  moment.socket.Reset();
  return std::nullopt;
}

Answer Garbage(Moment& moment) {
  moment.socket.Send(RandomBytes(4096));
  return WaitAndEnd(moment);
}

Answer Nonsense(Moment& moment) {
  if (moment.step == Step::kStream) {
    moment.Begin();
    moment.Push(Event(RandomBytes(64), "event: endpoint\n"));
    return WaitAndEnd(moment);
  }
  return moment.Deliver(moment.Wrap(RandomBytes(512)));
}

Answer EndlessHead(Moment& moment) {
  moment.socket.Send("HTTP/1.1 200 OK\r\n");
  const std::string headers = "X-Filler: " + std::string(4000, 'x') + "\r\n";
  while (moment.socket.Send(headers)) {
  }
  return std::nullopt;
}

// White space for JSON, comments for an event stream.
Answer EndlessBody(Moment& moment) {
  moment.Begin();
  std::string piece;
  while (piece.size() < 16384) piece += ": comment\n\n";
  Flood(moment, moment.Wrap("{}") == "{}" && moment.step != Step::kStream ? std::string(16384, ' ')
                                                                          : piece);
  return std::nullopt;
}

Answer Stall(Moment& moment) {
  moment.Begin();
  moment.Push(Half(moment.Right()));
  return WaitAndEnd(moment);
}

Answer Cut(Moment& moment) {
  moment.Begin();
  moment.Push(Half(moment.Right()));
  moment.Break();
  return std::nullopt;
}

Answer Torn(Moment& moment) {
  moment.Begin();
  moment.Push(Half(moment.Right()));
  return Reset(moment);
}

Answer Empty(Moment& moment) {
  moment.Begin();
  moment.End();
  return "";
}

Answer OtherId(Moment& moment) {
  return moment.Deliver(moment.Wrap(moment.Result(R"("of somebody else")")));
}

Answer NoResult(Moment& moment) {
  return moment.Deliver(moment.Wrap(probe::ResultJson(moment.seen, "{}")));
}

Answer Mistyped(Moment& moment) {
  const std::string body = moment.step == Step::kStream ? moment.Right() : moment.Result();
  return Http(200, "text/plain", body, moment.SessionHeader());
}

Answer Html(Moment&) {
  return Http(200, "text/html; charset=utf-8", "<!doctype html><title>Welcome</title>");
}

}  // namespace

Misdeed MisdeedOf(std::string_view name) {
  static const std::map<std::string_view, Misdeed> kMisdeeds = {
      {"refuse", Refuse},
      {"error", Error},
      {"lost", Lose},
      {"unauthorized", Unauthorized},
      {"forbidden", Forbidden},
      {"limited", Limited},
      {"redirect", Redirect},
      {"hang", Hang},
      {"close", Close},
      {"reset", Reset},
      {"garbage", Garbage},
      {"nonsense", Nonsense},
      {"endless_head", EndlessHead},
      {"endless_body", EndlessBody},
      {"stall", Stall},
      {"cut", Cut},
      {"torn", Torn},
      {"empty", Empty},
      {"other_id", OtherId},
      {"no_result", NoResult},
      {"mistyped", Mistyped},
      {"html", Html},
  };
  return kMisdeeds.at(name);
}

}  // namespace mcp_vitals::faults
