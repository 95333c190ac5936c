#include <gmock/gmock.h>

#include <sstream>

#include "exporter/metrics.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;
using vitals::ScalerTrigger;

class ScalerMetricsTest : public testing::Test {
 protected:
  ScalerMetricsTest() {
    vitals::ScalerFleet& fleet = scaler_.fleets.emplace_back();
    fleet.name = "files";
    fleet.members = {{"fresh", 9}, {"silent", 1}, {"unheard", 0}, {"refused", 0}};
    fleet.pods = {{"serving", 8}, {"starting", 1}, {"draining", 1}};
    fleet.blind_seconds = 12.5;
    fleet.decisions = {{"streams", 30}, {"blind", 0}};
  }
  ScalerTrigger& Add(const std::string& metric, const std::string& name = "") {
    ScalerTrigger trigger;
    trigger.metric = metric;
    trigger.name = name;
    return scaler_.fleets.front().triggers.emplace_back(trigger);
  }
  std::string Written() const {
    const vitals::ProbeVitals probes;
    const SelfVitals self;
    MetricsSource source;
    source.probes = &probes;
    source.self = &self;
    source.scaler = scaler_;
    std::ostringstream out;
    WriteMetrics(source, out);
    return out.str();
  }

  vitals::ScalerVitals scaler_;
};

TEST_F(ScalerMetricsTest, TellsWhatATriggerAsksFor) {
  ScalerTrigger& trigger = Add("connections");
  trigger.value = 428;
  trigger.pods = 9;
  trigger.active = true;
  const std::string text = Written();
  for (const char* sample :
       {R"(mcp_scaler_desired_pods{fleet="files",metric="connections"} 9)",
        R"(mcp_scaler_value{fleet="files",metric="connections"} 428)",
        R"(mcp_scaler_active{fleet="files",metric="connections"} 1)",
        R"(mcp_scaler_members{fleet="files",state="fresh"} 9)",
        R"(mcp_scaler_members{fleet="files",state="silent"} 1)",
        R"(mcp_scaler_members{fleet="files",state="refused"} 0)",
        R"(mcp_scaler_pods{fleet="files",state="draining"} 1)",
        R"(mcp_scaler_blind{fleet="files"} 0)",
        R"(mcp_scaler_blind_seconds_total{fleet="files"} 12.5)",
        R"(mcp_scaler_decisions_total{fleet="files",rule="streams"} 30)",
        R"(mcp_scaler_skew{fleet="files"} 0)", R"(mcp_scaler_latched{fleet="files"} 0)"}) {
    EXPECT_THAT(text, HasSubstr(sample));
  }
}

TEST_F(ScalerMetricsTest, BlindHasNoNumberThatCouldBeTakenForOne) {
  Add("load").blind = "none answers";
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr(R"(mcp_scaler_blind{fleet="files"} 1)"));
  for (const char* name : {"mcp_scaler_desired_pods{", "mcp_scaler_value{", "mcp_scaler_active{"}) {
    EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

TEST_F(ScalerMetricsTest, TwoTriggersOfOneMetricAreTwoSeries) {
  Add("load").pods = 3;
  Add("load", "connectionsPerPod=20").pods = 7;
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr(R"(mcp_scaler_desired_pods{fleet="files",metric="load"} 3)"));
  EXPECT_THAT(text, HasSubstr("mcp_scaler_desired_pods{fleet=\"files\",metric=\"load\","
                              "trigger=\"connectionsPerPod=20\"} 7"));
}

TEST_F(ScalerMetricsTest, TellsWhatPodsDoNotCure) {
  Add("load");
  Add("latency").is_skewed = true;
  EXPECT_THAT(Written(), HasSubstr(R"(mcp_scaler_skew{fleet="files"} 1)"));
  Add("latency", "tools=a").is_latched = true;
  EXPECT_THAT(Written(), HasSubstr(R"(mcp_scaler_latched{fleet="files"} 1)"));
}

TEST_F(ScalerMetricsTest, TellsOfKedasCalls) {
  scaler_.streams_open = 3;
  scaler_.requests[{"GetMetrics", "UNAVAILABLE"}] = 4;
  EXPECT_THAT(Written(), HasSubstr("\nmcp_scaler_streams_open 3\n"));
  EXPECT_THAT(Written(),
              HasSubstr(R"(mcp_scaler_requests_total{method="GetMetrics",code="UNAVAILABLE"} 4)"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
