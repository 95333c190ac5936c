#include "mcp/message.h"

#include "mcp/json_writer.h"

namespace mcp_vitals::mcp {

namespace {

// `{"jsonrpc":"2.0","id":…,"method":…,"params":{`, the last part only when params follow.
std::string Open(std::optional<std::int64_t> id, std::string_view method) {
  std::string out;
  out.reserve(512);
  out += R"({"jsonrpc":"2.0",)";
  if (id) {
    out += R"("id":)";
    out += std::to_string(*id);
    out += ',';
  }
  out += R"("method":")";
  out += method;
  out += '"';
  return out;
}

void AppendMember(std::string& out, std::string_view key, std::string_view value) {
  AppendJsonString(out, key);
  out += ':';
  AppendJsonString(out, value);
}

void AppendImplementation(std::string& out, const Implementation& client) {
  out += '{';
  AppendMember(out, "name", client.name);
  out += ',';
  AppendMember(out, "version", client.version);
  out += '}';
}

// What every request of 2026-07-28 says of itself.
void AppendMeta(std::string& out, Version version, const Implementation& client) {
  out += R"("_meta":{)";
  AppendMember(out, "io.modelcontextprotocol/protocolVersion", ToString(version));
  out += R"(,"io.modelcontextprotocol/clientInfo":)";
  AppendImplementation(out, client);
  out += R"(,"io.modelcontextprotocol/clientCapabilities":{}})";
}

bool IsModern(Version version) { return EraOf(version) == Era::kModern; }

}  // namespace

std::string InitializeRequest(std::int64_t id, Version version, const Implementation& client) {
  std::string out = Open(id, "initialize");
  out += R"(,"params":{)";
  AppendMember(out, "protocolVersion", ToString(version));
  out += R"(,"capabilities":{},"clientInfo":)";
  AppendImplementation(out, client);
  out += "}}";
  return out;
}

std::string InitializedNotification() {
  return Open(std::nullopt, "notifications/initialized") + "}";
}

std::string DiscoverRequest(std::int64_t id, const Implementation& client) {
  std::string out = Open(id, "server/discover");
  out += R"(,"params":{)";
  AppendMeta(out, kNewest, client);
  out += "}}";
  return out;
}

std::string ToolsListRequest(std::int64_t id, Version version, const Implementation& client,
                             std::optional<std::string_view> cursor) {
  std::string out = Open(id, "tools/list");
  if (IsModern(version) || cursor) {
    out += R"(,"params":{)";
    if (cursor) AppendMember(out, "cursor", *cursor);
    if (IsModern(version)) {
      if (cursor) out += ',';
      AppendMeta(out, version, client);
    }
    out += '}';
  }
  out += '}';
  return out;
}

std::string ToolsCallRequest(std::int64_t id, Version version, const Implementation& client,
                             std::string_view tool, std::string_view arguments_json) {
  std::string out = Open(id, "tools/call");
  out += R"(,"params":{)";
  AppendMember(out, "name", tool);
  out += R"(,"arguments":)";
  out += arguments_json;
  if (IsModern(version)) {
    out += ',';
    AppendMeta(out, version, client);
  }
  out += "}}";
  return out;
}

std::string CancelledNotification(std::int64_t request_id, std::string_view reason) {
  std::string out = Open(std::nullopt, "notifications/cancelled");
  out += R"(,"params":{"requestId":)";
  out += std::to_string(request_id);
  out += ',';
  AppendMember(out, "reason", reason);
  out += "}}";
  return out;
}

std::string ReplyToServerRequest(std::string_view id_json, std::string_view method) {
  std::string out = R"({"jsonrpc":"2.0","id":)";
  out += id_json;
  out += method == "ping" ? std::string_view(R"(,"result":{}})")
                          : R"(,"error":{"code":-32601,"message":"Method not found"}})";
  return out;
}

}  // namespace mcp_vitals::mcp
