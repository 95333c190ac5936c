#pragma once

#include <cstdint>
#include <string_view>

#include "mcp/json_type.h"

namespace mcp_vitals::mcp {

// What a value in a message means, by its place in the document.
enum class MessagePlace : std::uint8_t {
  kIgnored,
  kBatch,
  kMessage,
  kJsonRpc,
  kId,
  kMethod,
  kError,
  kErrorCode,
  kErrorMessage,
  kErrorData,
  kErrorSupported,
  kErrorVersion,
  kResult,
  kResultMeta,
  kProtocolVersion,
  kServer,
  kServerName,
  kServerVersion,
  kSupported,
  kSupportedVersion,
  kResultType,
  kTools,
  kTool,
  kNextCursor,
  kIsError,
  kContent,
  kContentItem,
  kContentType,
  kContentText,
};

// The meaning of the member `key` of an object, and of each element of an array.
MessagePlace PlaceOf(MessagePlace parent, std::string_view key);
MessagePlace ElementOf(MessagePlace array);

// The type that the value at a place must have. An id may be a number, too.
JsonType TypeOf(MessagePlace place);

}  // namespace mcp_vitals::mcp
