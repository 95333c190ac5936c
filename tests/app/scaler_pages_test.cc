#include "tests/app/sidecar_fixture.h"

// The pages of a sidecar that scales its own pod, through the whole program.
namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class ScalerPagesTest : public SidecarFixture {
 protected:
  void StartWithScaler() {
    Start(Yaml(Targets(), "proxy: {server: s, listen: '127.0.0.1:0', upstream: '" + Upstream() +
                              "'}\nscaler:\n  listen: '127.0.0.1:0'\n  fleets:\n"
                              "    - {name: files, members: {static: [self]}}\n"));
  }
  std::string Upstream() const {
    const std::string url = server_->url();
    return url.substr(0, url.find('/', std::string("http://").size()));
  }
};

TEST_F(ScalerPagesTest, SayWhatIsSeenOfTheFleet) {
  StartWithScaler();
  ASSERT_TRUE(BecomesEqual(R"(mcp_scaler_members{fleet="files",state="fresh"})", "1"));
  EXPECT_EQ(Metric(R"(mcp_scaler_blind{fleet="files"})"), "0");
  EXPECT_EQ(Metric(R"(mcp_scaler_requests_total{method="GetMetrics",code="OK"})"), "0");
  const HttpAnswer scaling = Page("/scaling");
  EXPECT_EQ(scaling.status, 200);
  EXPECT_THAT(scaling.body, HasSubstr("<b>1</b> of 1 members seen"));
  EXPECT_THAT(scaling.body, HasSubstr("KEDA has not asked yet."));
  EXPECT_THAT(Page("/scaling?format=json").body, HasSubstr(R"("fleet":"files")"));
  EXPECT_THAT(Page("/").body, HasSubstr("<a href=\"/scaling\">"));
  EXPECT_EQ(Page("/-/healthy").status, 200) << "the scaler's loop too";
}

TEST_F(ScalerPagesTest, AreNotThereWithoutAScaler) {
  Start(Yaml(Targets()));
  EXPECT_EQ(Page("/scaling").status, 404);
  EXPECT_THAT(Page("/scaling").body, HasSubstr("there is no scaler here"));
  EXPECT_THAT(Page("/").body, Not(HasSubstr("/scaling")));
  EXPECT_THAT(Page("/metrics").body, Not(HasSubstr("mcp_scaler_")));
}

}  // namespace
}  // namespace mcp_vitals::app
