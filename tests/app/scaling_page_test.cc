#include "app/scaling_page.h"

#include <gmock/gmock.h>

#include <sstream>

#include "mcp/json_pointer.h"

// `/scaling`, of fleets that are told to it.
namespace mcp_vitals::app {
namespace {

using scaler::FleetReport;
using scaler::TriggerReport;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

FleetReport Fleet(const std::string& name = "files") {
  FleetReport fleet;
  fleet.fleet = name;
  fleet.now = scaler::Time() + seconds(1000);
  fleet.facts.expected = fleet.facts.fresh = fleet.facts.serving = 10;
  fleet.facts.list_age = seconds(2);
  TriggerReport& trigger = fleet.triggers.emplace_back();
  trigger.policy.fleet = name;
  trigger.last.facts = fleet.facts;
  trigger.last.seen = 10;
  trigger.last.streams = 628;
  trigger.last.by_streams = trigger.last.pods = 13;
  trigger.last.rule = scaler::Rule::kStreams;
  trigger.last.answer = scaler::Verdict{13, true};
  trigger.history = {{fleet.now - seconds(300), 10, 10, 10, scaler::Rule::kStreams},
                     {fleet.now - seconds(120), 0, 10, 0, scaler::Rule::kBlind},
                     {fleet.now - seconds(60), 13, 10, 13, scaler::Rule::kStreams}};
  return fleet;
}

exporter::Response Ask(std::vector<FleetReport> fleets, const std::string& query = "",
                       const std::string& accept = "") {
  exporter::Request request;
  request.query = exporter::ParseQuery(query);
  request.headers["accept"] = accept;
  exporter::Response response =
      ScalingPage([fleets = std::move(fleets)] { return fleets; })(request);
  if (response.stream) {
    std::ostringstream body;
    response.stream(body);
    response.body = body.str();
  }
  return response;
}

std::string Find(const exporter::Response& response, const std::string& pointer) {
  const auto found = mcp::FindJson(response.body, pointer);
  return found && *found ? (*found)->scalar : "(nothing)";
}

TEST(ScalingPageTest, TellsPeopleTheAnswerTheReasonsAndThePicture) {
  const auto response = Ask({Fleet()});
  EXPECT_THAT(response.content_type, HasSubstr("text/html"));
  for (const char* part :
       {"<h2>files</h2>", "<b>10</b> of 10 members seen", "<b>13</b> pods asked for",
        "KEDA is told 13 pods. Active.", "goes up to 13 pods", "The streams ask for the most.",
        "rule: streams", "23 more streams ask for one more pod.", "<svg class=\"chart\"",
        "5 min ago"}) {
    EXPECT_THAT(response.body, HasSubstr(part));
  }
  EXPECT_THAT(response.body, Not(HasSubstr("<script"))) << "works without";
  EXPECT_THAT(response.body, Not(HasSubstr("class=\"wrong\"")));
}

TEST(ScalingPageTest, ThePictureHasAGapWhereItWasBlind) {
  const std::string page = Ask({Fleet()}).body;
  EXPECT_THAT(page, HasSubstr("<rect class=\"blind\""));
  const std::size_t line = page.find("<path class=\"asked\"");
  const std::string asked = page.substr(line, page.find('>', line) - line);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), 'M'), 2) << asked;
}

TEST(ScalingPageTest, BlindIsToldWithItsReasonAndWhoDoesNotAnswer) {
  FleetReport fleet = Fleet();
  fleet.facts.fresh = 0;
  fleet.facts.silent = 10;
  fleet.troubles = {"10.0.0.7:9788: <timeout>"};
  fleet.triggers[0].last.rule = scaler::Rule::kBlind;
  fleet.triggers[0].last.answer = scaler::Blind{"none of the fleet's 10 members answers"};
  const auto response = Ask({fleet});
  EXPECT_THAT(response.body, HasSubstr("<b>–</b> pods asked for"));
  EXPECT_THAT(response.body, HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(response.body, HasSubstr("<li>10.0.0.7:9788: &lt;timeout&gt;</li><li>and 9 more"));
  const auto json = Ask({fleet}, "format=json");
  EXPECT_EQ(Find(json, "/fleets/0/triggers/0/value"), "null");
  EXPECT_EQ(Find(json, "/fleets/0/triggers/0/blind"), "none of the fleet's 10 members answers");
}

TEST(ScalingPageTest, JsonHasTheNumbersAndTheSentences) {
  for (const auto& response :
       {Ask({Fleet()}, "format=json"), Ask({Fleet()}, "", "application/json")}) {
    EXPECT_EQ(response.content_type, "application/json");
    const std::string trigger = "/fleets/0/triggers/0";
    EXPECT_EQ(Find(response, "/fleets/0/fleet"), "files");
    EXPECT_EQ(Find(response, "/fleets/0/members/expected"), "10");
    EXPECT_EQ(Find(response, trigger + "/metric"), "load");
    EXPECT_EQ(Find(response, trigger + "/value"), "13");
    EXPECT_EQ(Find(response, trigger + "/active"), "true");
    EXPECT_EQ(Find(response, trigger + "/rule"), "streams");
    EXPECT_EQ(Find(response, trigger + "/policy/connectionsPerPod"), "50");
    EXPECT_EQ(Find(response, trigger + "/doubts/silent"), "false");
    EXPECT_EQ(Find(response, trigger + "/explanation/answer"), "KEDA is told 13 pods. Active.");
    EXPECT_EQ(Find(response, trigger + "/history/0/age_seconds"), "300");
    EXPECT_EQ(Find(response, trigger + "/history/1/pods"), "null") << "blind";
  }
  EXPECT_THAT(Ask({Fleet()}, "", "text/html,application/json").content_type, HasSubstr("html"));
}

TEST(ScalingPageTest, OfManyFleetsThoseInTroubleComeFirst) {
  std::vector<FleetReport> fleets;
  for (int i = 100; i < 200; ++i) fleets.push_back(Fleet("f" + std::to_string(i)));
  fleets.back().list_trouble = "the list of members is empty";
  const std::string page = Ask(fleets).body;
  EXPECT_LT(page.find("f199"), page.find("f100"));
  EXPECT_THAT(page, HasSubstr("and 50 more"));
  EXPECT_THAT(Ask(fleets, "format=json").body, HasSubstr("\"f180\"")) << "all of them";
  const std::string one = Ask(fleets, "fleet=f180").body;
  EXPECT_THAT(one, HasSubstr("f180"));
  EXPECT_THAT(one, Not(HasSubstr("f100")));
  EXPECT_EQ(Ask(fleets, "fleet=other").status, 404);
}

TEST(ScalingPageTest, WithoutAScalerThereIsNoSuchPage) {
  const auto response = ScalingPage(nullptr)({});
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("there is no scaler here"));
}

TEST(ScalingPageTest, AFleetThatNobodyHasAskedForSaysSo) {
  FleetReport fleet = Fleet();
  fleet.triggers.clear();
  EXPECT_THAT(Ask({fleet}).body, HasSubstr("KEDA has not asked yet."));
}

}  // namespace
}  // namespace mcp_vitals::app
