#include "app/result_json.h"

#include <gmock/gmock.h>

#include "mcp/json_pointer.h"
#include "tests/app/results.h"

namespace mcp_vitals::app {
namespace {

using mcp::JsonType;

mcp::JsonValue At(const std::string& json, const std::string& pointer) {
  const auto value = mcp::FindJson(json, pointer);
  EXPECT_TRUE(value && *value) << pointer << " is missing in " << json;
  return value && *value ? **value : mcp::JsonValue();
}

// The keys that programs rely on, whatever happened.
constexpr const char* kContract[] = {"/target",
                                     "/success",
                                     "/reason",
                                     "/phase",
                                     "/era",
                                     "/protocol_version",
                                     "/transport",
                                     "/server/name",
                                     "/server/version",
                                     "/tools",
                                     "/missing_tools",
                                     "/duration_seconds",
                                     "/phases/resolve",
                                     "/phases/connect",
                                     "/phases/tls",
                                     "/phases/discover",
                                     "/phases/initialize",
                                     "/phases/list_tools",
                                     "/phases/canary",
                                     "/phases/close",
                                     "/http_status",
                                     "/certificate",
                                     "/address",
                                     "/address_scope",
                                     "/detail",
                                     "/hint",
                                     "/manifest_digest",
                                     "/schema_change",
                                     "/canary_success",
                                     "/health_status",
                                     "/session_closed",
                                     "/redirects",
                                     "/resource_metadata"};

TEST(ResultJsonTest, HasEveryKeyOfTheContractAlways) {
  const std::string empty = ResultJson(vitals::ProbeResult());
  const std::string full = ResultJson(Healthy());
  for (const char* key : kContract) {
    At(empty, key);
    At(full, key);
  }
}

TEST(ResultJsonTest, TellsOfAHealthyServer) {
  const std::string json = ResultJson(Healthy());
  EXPECT_EQ(At(json, "/success").scalar, "true");
  EXPECT_EQ(At(json, "/reason").type, JsonType::kNull);
  EXPECT_EQ(At(json, "/phase").type, JsonType::kNull);
  EXPECT_EQ(At(json, "/era").scalar, "modern");
  EXPECT_EQ(At(json, "/protocol_version").scalar, "2026-07-28");
  EXPECT_EQ(At(json, "/transport").scalar, "streamable_http");
  EXPECT_EQ(At(json, "/server/name").scalar, "everything");
  EXPECT_EQ(At(json, "/tools").scalar, "13");
  EXPECT_EQ(At(json, "/duration_seconds").scalar, "0.04");
  EXPECT_EQ(At(json, "/phases/connect").scalar, "0.008");
  EXPECT_EQ(At(json, "/phases/initialize").type, JsonType::kNull);
  EXPECT_EQ(At(json, "/started").scalar, "2026-11-21T10:00:00Z");
  EXPECT_EQ(At(json, "/certificate/not_after").scalar, "2027-01-01T15:00:00Z");
  EXPECT_EQ(At(json, "/certificate/issuer").scalar, "CN=Example CA");
  EXPECT_EQ(At(json, "/certificate/subject").scalar, "CN=mcp.example.com");
  EXPECT_EQ(At(json, "/certificate/verification").type, JsonType::kNull);
  EXPECT_EQ(At(json, "/address").scalar, "203.0.113.7");
  EXPECT_EQ(At(json, "/address_scope").scalar, "public");
  EXPECT_EQ(At(json, "/canary_success").scalar, "true");
  EXPECT_EQ(At(json, "/session_closed").scalar, "true");
}

TEST(ResultJsonTest, TellsWhyAServerIsNotHealthy) {
  auto result = Failed(vitals::Reason::kToolsMissing, vitals::Phase::kListTools);
  result.missing_tools = {"a", "b\"c"};
  const std::string json = ResultJson(result);
  EXPECT_EQ(At(json, "/success").scalar, "false");
  EXPECT_EQ(At(json, "/reason").scalar, "tools_missing");
  EXPECT_EQ(At(json, "/phase").scalar, "list_tools");
  EXPECT_EQ(At(json, "/detail").scalar, "what was seen");
  EXPECT_EQ(At(json, "/hint").scalar, "What to do about it.");
  EXPECT_EQ(At(json, "/missing_tools").length, 2u);
  EXPECT_EQ(At(json, "/missing_tools/1").scalar, "b\"c");
  EXPECT_EQ(At(json, "/phases/canary").type, JsonType::kNull);
}

TEST(ResultJsonTest, IsNullWhereNothingIsKnown) {
  const std::string json = ResultJson(vitals::ProbeResult());
  for (const char* key : {"/era", "/server/name", "/tools", "/http_status", "/certificate",
                          "/address", "/address_scope", "/canary_success", "/health_status"}) {
    EXPECT_EQ(At(json, key).type, JsonType::kNull) << key;
  }
  EXPECT_EQ(At(json, "/missing_tools").type, JsonType::kArray);
}

TEST(ResultJsonTest, StaysJsonWhateverAServerCallsItself) {
  auto result = Healthy();
  result.server_name = "a\"\\\n\x1b\xff";
  EXPECT_EQ(At(ResultJson(result), "/server/name").scalar, "a\"\\\n\x1b\xef\xbf\xbd");
}

}  // namespace
}  // namespace mcp_vitals::app
