#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/manifest.h"
#include "mcp/version.h"

// The HTTP headers of MCP, and 2026-07-28's rules for their values.
namespace mcp_vitals::mcp {

inline constexpr std::string_view kProtocolVersionHeader = "MCP-Protocol-Version";
inline constexpr std::string_view kSessionIdHeader = "Mcp-Session-Id";
inline constexpr std::string_view kMethodHeader = "Mcp-Method";
inline constexpr std::string_view kNameHeader = "Mcp-Name";
inline constexpr std::string_view kParamHeaderPrefix = "Mcp-Param-";
inline constexpr std::string_view kLastEventIdHeader = "Last-Event-ID";

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Printable ASCII without white space at its ends passes; anything else (a tab too, which peers
// disagree about), and what would be mistaken for the encoded form, becomes `=?base64?…?=`.
std::string EncodeHeaderValue(std::string_view value);
// Nothing if the value claims the encoded form and is not valid base64.
std::optional<std::string> DecodeHeaderValue(std::string_view value);

// A session id must be visible ASCII (0x21…0x7E).
bool IsValidSessionId(std::string_view id);

// A field name that HTTP allows (RFC 9110, 5.1); and names compared as HTTP does, without case.
bool IsHeaderName(std::string_view name);
bool EqualHeaderNames(std::string_view a, std::string_view b);

// The `Mcp-Param-*` headers of a call of `tool`: for each parameter with `x-mcp-header` that
// `arguments_json` holds as a string, number or boolean. None for arguments that are not JSON.
HeaderList ParamHeaders(const Tool& tool, std::string_view arguments_json);

}  // namespace mcp_vitals::mcp
