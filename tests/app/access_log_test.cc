#include "app/access_log.h"

#include <gmock/gmock.h>

#include "tests/app/log_capture.h"

namespace mcp_vitals::app {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

proxy::OperationRecord Call(double took) {
  proxy::OperationRecord record;
  record.session = 0xabc;
  record.method = "tools/call";
  record.tool = "add";
  record.seconds = took;
  record.status = 200;
  record.request_bytes = 130;
  record.answer_bytes = 90;
  record.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return record;
}

class AccessLogTest : public testing::Test {
 protected:
  // A line that is behind all others.
  void WaitForAll(AccessLog& log) {
    proxy::OperationRecord last;
    last.method = "ping";
    last.seconds = 1e6;
    log.Write(last);
    EXPECT_TRUE(capture_.WaitFor("method=ping"));
  }
  LogCapture capture_;
};

TEST_F(AccessLogTest, ALineSaysAllThatIsKnown) {
  AccessLog log(capture_.log(), {1, seconds(5)});
  log.Write(Call(0.25));
  WaitForAll(log);
  EXPECT_THAT(capture_.text(),
              HasSubstr("msg=operation session=0000000000000abc method=tools/call tool=add "
                        "seconds=0.250000 status=200 request_bytes=130 answer_bytes=90 "
                        "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"));
  EXPECT_EQ(log.lost(), 0u);
}

TEST_F(AccessLogTest, AFailureHasItsErrorType) {
  AccessLog log(capture_.log(), {1, seconds(5)});
  proxy::OperationRecord record = Call(0.25);
  record.outcome = vitals::Outcome::kToolError;
  log.Write(record);
  WaitForAll(log);
  EXPECT_THAT(capture_.text(), HasSubstr(" error_type=tool_error "));
}

TEST_F(AccessLogTest, SlowCallsAreAlwaysWritten) {
  AccessLog log(capture_.log(), {0, seconds(5)});
  for (int i = 0; i < 100; ++i) log.Write(Call(4.99));
  log.Write(Call(5.5));
  WaitForAll(log);
  EXPECT_THAT(capture_.text(), HasSubstr("seconds=5.500000 slow=true"));
  EXPECT_THAT(capture_.text(), Not(HasSubstr("seconds=4.99")));
}

TEST_F(AccessLogTest, ASampleIsAShareOfTheOthers) {
  AccessLog log(capture_.log(), {0.5, seconds(5)});
  for (int i = 0; i < 200; ++i) log.Write(Call(1));
  WaitForAll(log);
  const std::string text = capture_.text();
  int lines = 0;
  for (std::size_t at = text.find("tool=add"); at != std::string::npos;
       at = text.find("tool=add", at + 1)) {
    ++lines;
  }
  EXPECT_GT(lines, 40);  // one in 10^17 runs would have fewer, or more than 160
  EXPECT_LT(lines, 160);
}

}  // namespace
}  // namespace mcp_vitals::app
