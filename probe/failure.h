#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "net/connection.h"
#include "vitals/probe_result.h"

// From what went wrong to the closed list of reasons, and to words. Pure.
namespace mcp_vitals::probe {

struct Failure {
  vitals::Reason reason = vitals::Reason::kInternal;
  std::string detail;  // what was seen
  std::string hint;    // what to do about it; may be empty
};

// Why no connection came about. The phase is that of `trace.step`.
Failure DialFailure(const boost::system::error_code& error, const net::DialTrace& trace,
                    const std::string& host);
vitals::Phase DialPhase(const net::DialTrace& trace);

// Why an HTTP exchange failed. `in_body`: the head had been read. `known_mcp`: this server has
// spoken MCP before in this probe, so that nonsense is a protocol error and not "no MCP server".
Failure ExchangeFailure(const boost::system::error_code& error, bool in_body, bool known_mcp);

// Why a body is no JSON-RPC message.
Failure MessageFailure(const boost::system::error_code& error, std::string_view content_type,
                       bool known_mcp);

// An HTTP status that is no success, outside of what a step handles itself.
// `excerpt` is the beginning of the body, or a JSON-RPC error's message.
Failure StatusFailure(int status, std::string_view excerpt, bool has_session);

// Foreign text made safe to show: control characters and what is no UTF-8 become '?', at most
// `limit` bytes.
std::string Printable(std::string_view text, std::size_t limit = 160);

}  // namespace mcp_vitals::probe
