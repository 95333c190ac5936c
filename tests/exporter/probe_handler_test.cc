#include "exporter/probe_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mcp_vitals::exporter {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class ProbeHandlerTest : public testing::Test {
 protected:
  Response Ask(std::multimap<std::string, std::string> query,
               std::map<std::string, std::string> headers = {}) {
    const Handler handler = ProbeHandler(
        [] {
          return std::map<std::string, ProbeModule>{
              {"default",
               {milliseconds(5000), {"mcp.example.com", "*.example.org", "::1"}, "timeout: 5s\n"}}};
        },
        [this](const ProbeRequest& request) {
          asked_ = request;
          ProbeOutcome outcome;
          outcome.result.url = request.target;
          outcome.result.success = true;
          return outcome;
        });
    Request request;
    request.query = std::move(query);
    request.headers = std::move(headers);
    return handler(request);
  }
  std::optional<ProbeRequest> asked_;
};

TEST_F(ProbeHandlerTest, ProbesAnAllowedHost) {
  const Response response = Ask({{"target", "https://mcp.example.com/mcp"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("probe_success 1"));
  EXPECT_EQ(asked_->module, "default");
  EXPECT_EQ(asked_->timeout, milliseconds(5000));
}

TEST_F(ProbeHandlerTest, TakesATargetWithoutSchemeForHttp) {
  EXPECT_EQ(Ask({{"target", "mcp.example.com:8080/mcp"}}).status, 200);
  EXPECT_EQ(asked_->target, "http://mcp.example.com:8080/mcp");
}

TEST_F(ProbeHandlerTest, KnowsAnIpv6AddressInAnySpelling) {
  EXPECT_EQ(Ask({{"target", "http://[0:0:0:0:0:0:0:1]:3000/mcp"}}).status, 200);
  EXPECT_EQ(Ask({{"target", "http://[::2]:3000/mcp"}}).status, 400);
}

TEST_F(ProbeHandlerTest, DoesNotRepeatWhatMayBeSecret) {
  for (const char* target :
       {"http://user:secret@mcp.example.com/", "mcp .example.com/?key=secret"}) {
    const Response response = Ask({{"target", target}});
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, Not(HasSubstr("secret")));
  }
}

TEST_F(ProbeHandlerTest, RefusesWithoutTargetOrWithAnUnknownModule) {
  EXPECT_EQ(Ask({}).status, 400);
  const Response response = Ask({{"target", "https://mcp.example.com"}, {"module", "nope"}});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("unknown module: nope"));
  EXPECT_FALSE(asked_);
}

TEST_F(ProbeHandlerTest, RefusesHostsThatTheModuleDoesNotName) {
  for (const std::string& target : std::vector<std::string>{
           "http://169.254.169.254/", "https://example.com/", "https://mcp.example.com.evil.test/",
           "https://mcp.example.com@evil.test/", "https://example.org/", "https://evilexample.org/",
           "http://evil.test\\@mcp.example.com/", "http://evil.test%00.example.org/",
           "http://evil.test%2f.example.org/", "http://evil.test\t.example.org/",
           std::string("http://evil.test\0.example.org/", 30), "example.com",
           "file:///etc/passwd"}) {
    EXPECT_EQ(Ask({{"target", target}}).status, 400) << target;
  }
  EXPECT_FALSE(asked_);
}

TEST_F(ProbeHandlerTest, AllowsSubdomainsAndAddressesThatAreNamed) {
  EXPECT_EQ(Ask({{"target", "https://a.b.EXAMPLE.org:8443/mcp"}}).status, 200);
  EXPECT_EQ(Ask({{"target", "http://[::1]:3000/mcp"}}).status, 200);
}

TEST_F(ProbeHandlerTest, TakesItsDeadlineFromTheScrape) {
  const std::string header = "x-prometheus-scrape-timeout-seconds";
  Ask({{"target", "https://mcp.example.com"}}, {{header, "3"}});
  EXPECT_EQ(asked_->timeout, milliseconds(2500));
  Ask({{"target", "https://mcp.example.com"}}, {{header, "60"}});
  EXPECT_EQ(asked_->timeout, milliseconds(5000));
  Ask({{"target", "https://mcp.example.com"}}, {{header, "nonsense"}});
  EXPECT_EQ(asked_->timeout, milliseconds(5000));
}

TEST_F(ProbeHandlerTest, ExplainsItselfWithDebug) {
  const Response response = Ask({{"target", "https://mcp.example.com"}, {"debug", "true"}});
  EXPECT_THAT(response.body, HasSubstr("succeeded"));
  EXPECT_THAT(response.body, HasSubstr("probe_success 1"));
  EXPECT_THAT(response.body, HasSubstr("timeout: 5s"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
