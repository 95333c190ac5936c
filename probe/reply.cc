#include "probe/reply.h"

namespace mcp_vitals::probe {

using vitals::Reason;

namespace {

// How servers say in JSON-RPC that they do not know a session; there is no code of its own for it.
bool IsAboutSession(const mcp::RpcError& error) {
  return error.code == -32000 || error.code == -32001 || error.code == -32600;
}

}  // namespace

Failure ReplyFailure(const Run& run, const Reply& reply, Reason refusal) {
  const bool is_error = reply.message && reply.message->kind == mcp::Message::Kind::kError;
  const bool success = reply.status >= 200 && reply.status < 300;
  if (success && !is_error) {
    return {Reason::kProtocolError, "the answer has neither a result nor an error", ""};
  }
  if (!is_error) return StatusFailure(reply.status, reply.excerpt, run.session.has_value());
  const mcp::RpcError& error = reply.message->error;
  if (error.code == mcp::code::kUnsupportedProtocolVersion) {
    std::string offered;
    for (const std::string& version : error.supported) {
      offered += (offered.empty() ? "" : ", ") + Printable(version, 32);
    }
    return {Reason::kVersionMismatch,
            "the server does not speak the version asked for; it offers " +
                (offered.empty() ? "none" : offered),
            ""};
  }
  // A session that is not known, and statuses that gateways give, say more than the JSON in them.
  const bool session_lost = run.session && !run.session->version.empty() &&
                            (reply.status == 404 || (reply.status == 400 && IsAboutSession(error)));
  const bool status_tells =
      !success && (reply.status == 429 || reply.status >= 500 || session_lost);
  if (status_tells) return StatusFailure(reply.status, error.message, run.session.has_value());
  return {refusal,
          "answered JSON-RPC error " + std::to_string(error.code) + ": " + Printable(error.message),
          ""};
}

const mcp::Message* ResultOf(Run& run, const Reply& reply, Reason refusal) {
  const bool success = reply.status >= 200 && reply.status < 300;
  if (success && reply.message && reply.message->kind == mcp::Message::Kind::kResult) {
    run.known_mcp = true;
    return &*reply.message;
  }
  run.Fail(ReplyFailure(run, reply, refusal));
  return nullptr;
}

}  // namespace mcp_vitals::probe
