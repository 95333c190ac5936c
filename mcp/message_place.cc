#include "mcp/message_place.h"

namespace mcp_vitals::mcp {

namespace {

using Place = MessagePlace;

struct Field {
  Place parent;
  std::string_view key;
  Place place;
};

constexpr Field kFields[] = {
    {Place::kMessage, "jsonrpc", Place::kJsonRpc},
    {Place::kMessage, "id", Place::kId},
    {Place::kMessage, "result", Place::kResult},
    {Place::kMessage, "error", Place::kError},
    {Place::kMessage, "method", Place::kMethod},
    {Place::kError, "code", Place::kErrorCode},
    {Place::kError, "message", Place::kErrorMessage},
    {Place::kError, "data", Place::kErrorData},
    {Place::kErrorData, "supported", Place::kErrorSupported},
    {Place::kResult, "protocolVersion", Place::kProtocolVersion},
    {Place::kResult, "serverInfo", Place::kServer},
    {Place::kResult, "_meta", Place::kResultMeta},
    {Place::kResultMeta, "io.modelcontextprotocol/serverInfo", Place::kServer},
    {Place::kServer, "name", Place::kServerName},
    {Place::kServer, "version", Place::kServerVersion},
    {Place::kResult, "supportedVersions", Place::kSupported},
    {Place::kResult, "resultType", Place::kResultType},
    {Place::kResult, "tools", Place::kTools},
    {Place::kResult, "nextCursor", Place::kNextCursor},
    {Place::kResult, "isError", Place::kIsError},
    {Place::kResult, "content", Place::kContent},
    {Place::kContentItem, "type", Place::kContentType},
    {Place::kContentItem, "text", Place::kContentText},
};

}  // namespace

MessagePlace PlaceOf(MessagePlace parent, std::string_view key) {
  for (const Field& field : kFields) {
    if (field.parent == parent && field.key == key) return field.place;
  }
  return Place::kIgnored;
}

MessagePlace ElementOf(MessagePlace array) {
  switch (array) {
    case Place::kBatch:
      return Place::kMessage;
    case Place::kErrorSupported:
      return Place::kErrorVersion;
    case Place::kSupported:
      return Place::kSupportedVersion;
    case Place::kTools:
      return Place::kTool;
    case Place::kContent:
      return Place::kContentItem;
    default:
      return Place::kIgnored;
  }
}

JsonType TypeOf(MessagePlace place) {
  switch (place) {
    case Place::kMessage:
    case Place::kError:
    case Place::kErrorData:
    case Place::kResult:
    case Place::kResultMeta:
    case Place::kServer:
    case Place::kTool:
    case Place::kContentItem:
      return JsonType::kObject;
    case Place::kBatch:
    case Place::kErrorSupported:
    case Place::kSupported:
    case Place::kTools:
    case Place::kContent:
      return JsonType::kArray;
    case Place::kErrorCode:
      return JsonType::kNumber;
    case Place::kIsError:
      return JsonType::kBoolean;
    default:
      return JsonType::kString;
  }
}

}  // namespace mcp_vitals::mcp
