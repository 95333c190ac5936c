#include "app/waterfall.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "app/text.h"
#include "tests/app/results.h"

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using vitals::Phase;
using vitals::Reason;

Style Plain() { return {80, false, true}; }

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(WaterfallTest, ShowsAHealthyServer) {
  EXPECT_EQ(Waterfall(Healthy(), Plain()), R"(✔ healthy in 40.00 ms
  https://mcp.example.com/mcp

  server      everything 2.0.0
  protocol    2026-07-28, modern era, streamable_http
  tools       13
  canary      good
  address     203.0.113.7 (public)
  certificate expires in 41 days, CN=mcp.example.com, TLSv1.3

  resolve     ███                                                      2.00 ms
  connect        ██████████                                            8.00 ms
  tls                      ██████████████                             10.00 ms
  discover                               █████████████                10.00 ms
  list_tools                                          ████████         6.00 ms
  canary                                                      █████    4.00 ms
)");
}

TEST(WaterfallTest, ShowsAnExpiredCertificate) {
  auto result = Failed(Reason::kCertificateExpired, Phase::kTls);
  vitals::Certificate certificate;
  certificate.not_after =
      std::chrono::floor<std::chrono::seconds>(result.started) - std::chrono::hours(80);
  certificate.subject = "CN=mcp.example.com";
  certificate.verification = "certificate has expired";
  result.certificate = certificate;
  result.tls_version = "TLSv1.3";
  EXPECT_EQ(Waterfall(result, Plain()), R"(✘ not healthy: certificate_expired in tls after 40.00 ms
  https://mcp.example.com/mcp

  address     203.0.113.7
  certificate expired 3 days ago, CN=mcp.example.com, TLSv1.3, certificate has
              expired

  resolve     █████                                                    2.00 ms
  connect          ██████████████████████                              8.00 ms
  tls                                    ██████████████████████████   10.00 ms ✘

  seen        what was seen
  try         What to do about it.
)");
}

TEST(WaterfallTest, ShowsABadCanaryBehindGreenHealth) {
  auto result = Failed(Reason::kCanaryFailed, Phase::kCanary);
  result.canary_success = false;
  result.health_status = 200;
  EXPECT_EQ(Waterfall(result, Plain()), R"(✘ not healthy: canary_failed in canary after 40.00 ms
  https://mcp.example.com/mcp

  server      everything 2.0.0
  protocol    2026-07-28, modern era, streamable_http
  tools       13
  canary      bad
  health      HTTP 200, although the probe fails
  address     203.0.113.7 (public)
  certificate expires in 41 days, CN=mcp.example.com, TLSv1.3

  resolve     ███                                                      2.00 ms
  connect        ██████████                                            8.00 ms
  tls                      ██████████████                             10.00 ms
  discover                               █████████████                10.00 ms
  list_tools                                          ████████         6.00 ms
  canary                                                      █████    4.00 ms ✘

  seen        what was seen
  try         What to do about it.
)");
}

TEST(WaterfallTest, ShowsWhatAuthorizationIsWanted) {
  auto result = Failed(Reason::kAuthRequired, Phase::kDiscover);
  result.http_status = 401;
  result.resource_metadata = "https://login.example.com";
  result.canary_success.reset();
  result.tools.reset();
  result.server_name.clear();
  result.server_version.clear();
  EXPECT_EQ(Waterfall(result, Plain()), R"(✘ not healthy: auth_required in discover after 40.00 ms
  https://mcp.example.com/mcp

  protocol    2026-07-28, modern era, streamable_http
  address     203.0.113.7 (public)
  certificate expires in 41 days, CN=mcp.example.com, TLSv1.3
  answer      HTTP 401
  authorize   https://login.example.com

  resolve     ████                                                     2.00 ms
  connect         ██████████████                                       8.00 ms
  tls                           █████████████████                     10.00 ms
  discover                                       ██████████████████   10.00 ms ✘

  seen        what was seen
  try         What to do about it.
)");
}

TEST(WaterfallTest, IsAsciiWithoutUnicode) {
  auto result = Failed(Reason::kTimeout, Phase::kListTools);
  result.server_name = "日本";
  const std::string text = Waterfall(result, {80, false, false});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; })) << text;
  EXPECT_THAT(text, StartsWith("!! not healthy: timeout in list_tools"));
  EXPECT_THAT(text, HasSubstr("####"));
}

TEST(WaterfallTest, ColoursOnlyWhenAsked) {
  EXPECT_THAT(Waterfall(Healthy(), Plain()), Not(HasSubstr("\x1b")));
  EXPECT_THAT(Waterfall(Healthy(), {80, true, true}), StartsWith("\x1b[32m✔ healthy\x1b[0m"));
}

// Whatever a server says, nothing but our own colours reaches the terminal.
TEST(WaterfallTest, DisarmsWhatTheServerSays) {
  const std::string evil = "\x1b]0;owned\x07\r\n\x1b[2J\xc2\x9b\u202e";
  auto result = Failed(Reason::kToolsMissing, Phase::kListTools);
  result.url += evil;
  result.server_name = result.server_version = result.protocol_version = evil;
  result.missing_tools = {evil};
  result.detail = result.hint = evil;
  result.resource_metadata = evil;
  result.address = evil;
  result.certificate->subject = evil;
  result.certificate->verification = evil;
  const std::string text = Waterfall(result, Plain());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(text, Not(HasSubstr("\u202e")));
  EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
}

// Every reason in every phase, with as much text as a result can hold.
TEST(WaterfallTest, FitsOneScreen) {
  for (std::size_t reason = 0; reason < vitals::kReasonCount; ++reason) {
    for (std::size_t phase = 0; phase < vitals::kPhaseCount; ++phase) {
      auto result = Failed(static_cast<Reason>(reason), static_cast<Phase>(phase));
      const std::string_view name = ToString(*result.reason);
      result.url += std::string(500, 'u');
      result.server_name = result.server_version = std::string(1000, 'n');
      result.missing_tools.assign(50, std::string(64, 't'));
      result.detail = result.hint = std::string(400, 'd') + " " + std::string(400, 'e');
      result.resource_metadata = "https://login.example.com/" + std::string(300, 'r');
      result.health_status = 200;
      result.sessions_left_open = 1;
      result.redirects = 5;
      const auto lines = Lines(Waterfall(result, Plain()));
      EXPECT_THAT(lines.front(), HasSubstr("not healthy: " + std::string(name)));
      EXPECT_LE(lines.size(), 40u);
      for (const std::string& line : lines) EXPECT_LE(Columns(line), 80u) << line;
    }
  }
}

TEST(WaterfallTest, UsesTheWidthThereIs) {
  for (const std::size_t width : {20u, 60u, 100u, 120u}) {
    std::size_t widest = 0;
    for (const std::string& line : Lines(Waterfall(Healthy(), {width, false, true}))) {
      widest = std::max(widest, Columns(line));
    }
    EXPECT_LE(widest, std::max<std::size_t>(width, 60));
    EXPECT_GE(widest + 3, std::max<std::size_t>(width, 60));
  }
}

TEST(WaterfallTest, BarsFollowEachOther) {
  const auto lines = Lines(Waterfall(Healthy(), Plain()));
  std::size_t end = 0;
  for (const std::string& line : lines) {
    const std::size_t begin = line.find("█");
    if (begin == std::string::npos) continue;
    const std::size_t left = Columns(line.substr(0, begin));
    EXPECT_EQ(left, end == 0 ? left : end) << line;
    end = Columns(line.substr(0, line.rfind("█") + std::string("█").size()));
  }
  EXPECT_GT(end, 60u);
}

TEST(WaterfallTest, ShowsAPhaseThatFailedBeforeAnyTimeWasTaken) {
  vitals::ProbeResult result;
  result.reason = Reason::kInternal;
  result.phase = Phase::kResolve;
  EXPECT_THAT(Waterfall(result, Plain()), HasSubstr("  resolve"));
}

}  // namespace
}  // namespace mcp_vitals::app
