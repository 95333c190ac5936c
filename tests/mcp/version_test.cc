#include "mcp/version.h"

#include <gtest/gtest.h>

namespace mcp_vitals::mcp {
namespace {

TEST(VersionTest, EveryVersionIsReadAsItIsWritten) {
  for (Version version : kVersions) EXPECT_EQ(ParseVersion(ToString(version)), version);
}

TEST(VersionTest, KnowsNoOtherVersion) {
  for (std::string_view text : {"", "2025-11-2", "2025-11-255", "2025-11-25 ", "DRAFT-2026-v1"}) {
    EXPECT_EQ(ParseVersion(text), std::nullopt) << text;
  }
}

TEST(VersionTest, OnlyTheNewestIsModern) {
  for (Version version : kVersions) {
    EXPECT_EQ(EraOf(version), version == kNewest ? Era::kModern : Era::kLegacy);
  }
}

TEST(VersionTest, NamesErasAndTransports) {
  EXPECT_EQ(ToString(Era::kLegacy), "legacy");
  EXPECT_EQ(ToString(Era::kModern), "modern");
  EXPECT_EQ(ToString(Transport::kHttpSse), "sse");
  EXPECT_EQ(ToString(Transport::kStreamableHttp), "streamable_http");
}

}  // namespace
}  // namespace mcp_vitals::mcp
