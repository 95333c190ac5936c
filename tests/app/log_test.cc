#include "app/log.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "mcp/json_pointer.h"

namespace mcp_vitals::app {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

// What was logged so far.
struct Capture {
  std::ostringstream text;
  Log log;
  Capture(Log::Level level, LogFormat format)
      : log(std::make_shared<spdlog::sinks::ostream_sink_mt>(text), level, format) {}
};

TEST(LogTest, WritesLogfmt) {
  Capture capture(Log::Level::kInfo, LogFormat::kLogfmt);
  capture.log.Info("target is healthy",
                   {{"target", "a"}, {"empty", ""}, {"detail", "it = \"ok\""}});
  EXPECT_THAT(capture.text.str(),
              MatchesRegex("ts=[0-9-]+T[0-9:.]+Z level=info msg=\"target is healthy\" target=a "
                           "detail=\"it = ..ok..\"\n"));
}

TEST(LogTest, WritesJson) {
  Capture capture(Log::Level::kInfo, LogFormat::kJson);
  capture.log.Error("broken", {{"detail", "a\"b\\c\n"}});
  const std::string line = capture.text.str();
  EXPECT_EQ((*mcp::FindJson(line, "/level"))->scalar, "error");
  EXPECT_EQ((*mcp::FindJson(line, "/msg"))->scalar, "broken");
  EXPECT_EQ((*mcp::FindJson(line, "/detail"))->scalar, "a\"b\\c\n");
  EXPECT_THAT((*mcp::FindJson(line, "/ts"))->scalar, EndsWith("Z"));
}

TEST(LogTest, AValueCannotForgeALine) {
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    Capture capture(Log::Level::kInfo, format);
    capture.log.Warn("x", {{"name", "a\nlevel=error msg=forged \x1b[31m%v{}"}});
    const std::string line = capture.text.str();
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  }
}

TEST(LogTest, LeavesOutWhatIsBelowItsLevel) {
  Capture capture(Log::Level::kWarn, LogFormat::kLogfmt);
  capture.log.Debug("a");
  capture.log.Info("b");
  EXPECT_EQ(capture.text.str(), "");
  capture.log.Warn("c");
  EXPECT_THAT(capture.text.str(), HasSubstr("level=warn msg=c"));
}

TEST(LogTest, LevelsAndFormatsHaveNames) {
  EXPECT_EQ(*ParseLogLevel("debug"), Log::Level::kDebug);
  EXPECT_EQ(ParseLogLevel("loud").error().why,
            "\"loud\" is no level (allowed: debug, info, warn, error)");
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_EQ(ParseLogFormat("xml").error().why, "\"xml\" is no format (allowed: logfmt, json)");
}

}  // namespace
}  // namespace mcp_vitals::app
