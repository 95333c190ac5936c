#pragma once

#include <string_view>

// Answers as servers of each revision send them.
namespace mcp_vitals::mcp::samples {

inline constexpr std::string_view kInitialize20241105 =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2024-11-05","capabilities":)"
    R"({"logging":{},"prompts":{"listChanged":true},"resources":{"subscribe":true},"tools":{}},)"
    R"("serverInfo":{"name":"ExampleServer","version":"1.0.0"}}})";

inline constexpr std::string_view kInitialize20250326 =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-03-26","capabilities":)"
    R"({"completions":{},"tools":{"listChanged":true}},"serverInfo":{"name":"python",)"
    R"("version":"1.30.0"},"instructions":"Ask for anything."}})";

inline constexpr std::string_view kInitialize20250618 =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":)"
    R"({"tools":{"listChanged":false},"experimental":{}},"serverInfo":{"name":"titled",)"
    R"("title":"A titled server","version":"2"}}})";

// Keys in the order of an SDK that puts the result first.
inline constexpr std::string_view kInitialize20251125 =
    R"({"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true},)"
    R"("tasks":{"list":{},"cancel":{}}},"serverInfo":{"name":"mcp-servers/everything",)"
    R"("title":"Everything Reference Server","version":"2.0.0","icons":[{"src":"a.png"}]}},)"
    R"("jsonrpc":"2.0","id":1})";

inline constexpr std::string_view kDiscover20260728 =
    R"({"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"],"capabilities":)"
    R"({"tools":{},"resources":{}},"resultType":"complete","ttlMs":0,"cacheScope":"private",)"
    R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"modern","version":"2.4.0"}},)"
    R"("instructions":"This server provides weather."}})";

inline constexpr std::string_view kToolsList =
    R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"echo","title":"Echo","description":)"
    R"("Says it again","inputSchema":{"type":"object","properties":{"message":{"type":"string",)"
    R"("description":"Message to echo"}},"required":["message"],"additionalProperties":false},)"
    R"("annotations":{"readOnlyHint":true}},{"name":"add","inputSchema":{"type":"object",)"
    R"("properties":{"a":{"type":"number"},"b":{"type":"number","default":1.50}}},)"
    R"("outputSchema":{"type":"object"},"_meta":{"x":1}}],"nextCursor":"b2Zmc2V0PTI=",)"
    R"("ttlMs":60000,"cacheScope":"public","resultType":"complete"}})";

inline constexpr std::string_view kToolsCall =
    R"({"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"ok"},{"type":"image",)"
    R"("data":"AAAA","mimeType":"image/png"},{"type":"text","text":"zwei ✓"}],)"
    R"("structuredContent":{"count":3},"isError":false}})";

inline constexpr std::string_view kToolError =
    R"({"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text",)"
    R"("text":"MCP error -32602: Tool nope not found"}],"isError":true}})";

inline constexpr std::string_view kUnsupportedVersion =
    R"({"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version",)"
    R"("data":{"supported":["2025-11-25","2026-07-28"],"requested":"1999-01-01"}}})";

inline constexpr std::string_view kStaleSession =
    R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID )"
    R"(provided"},"id":null})";

inline constexpr std::string_view kStaleSessionWithoutId =
    R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request"}})";

inline constexpr std::string_view kPing = R"({"jsonrpc":"2.0","id":"ping-1","method":"ping"})";

inline constexpr std::string_view kLogNotification =
    R"({"method":"notifications/message","params":{"level":"info","data":{"tools":[1]}},)"
    R"("jsonrpc":"2.0"})";

inline constexpr std::string_view kBatch =
    R"([{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}},)"
    R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a"}]}},)"
    R"({"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"Method not found"}}])";

inline constexpr std::string_view kAll[] = {kInitialize20241105,
                                            kInitialize20250326,
                                            kInitialize20250618,
                                            kInitialize20251125,
                                            kDiscover20260728,
                                            kToolsList,
                                            kToolsCall,
                                            kToolError,
                                            kUnsupportedVersion,
                                            kStaleSession,
                                            kStaleSessionWithoutId,
                                            kPing,
                                            kLogNotification,
                                            kBatch};

}  // namespace mcp_vitals::mcp::samples
