#include "proxy/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mcp_vitals::proxy {
namespace {

using vitals::Outcome;

class LedgerTest : public testing::Test {
 protected:
  std::uint64_t Count(std::string_view method, Outcome outcome, const std::string& tool) const {
    const auto found = vitals_.operations.find({method, outcome, tool});
    return found == vitals_.operations.end() ? 0 : found->second.count();
  }

  vitals::ServerVitals vitals_;
  ToolNames tools_;
  Ledger ledger_{vitals_, tools_, 3};
};

TEST_F(LedgerTest, CountsRequestsByMethodAndStatus) {
  ledger_.CountRequest("ping", 200);
  ledger_.CountRequest("ping", 200);
  ledger_.CountRequest("ping", 404);
  EXPECT_EQ((vitals_.requests[{"ping", 200}]), 2u);
  EXPECT_EQ((vitals_.requests[{"ping", 404}]), 1u);
}

TEST_F(LedgerTest, CountsOperationsWithTheirDuration) {
  ledger_.CountOperation("tools/list", "", Outcome::kOk, 0.5);
  ledger_.CountOperation("tools/list", "", Outcome::kOk, 1.5);
  EXPECT_EQ(Count("tools/list", Outcome::kOk, ""), 2u);
  EXPECT_EQ((vitals_.operations[{"tools/list", Outcome::kOk, ""}].sum()), 2.0);
}

TEST_F(LedgerTest, NamesAToolOnlyWhenItIsKnown) {
  ledger_.CountOperation("tools/call", "add", Outcome::kOk, 1);
  tools_.Learn({"add"});
  ledger_.CountOperation("tools/call", "add", Outcome::kOk, 1);
  EXPECT_EQ(Count("tools/call", Outcome::kOk, "_OTHER"), 1u);
  EXPECT_EQ(Count("tools/call", Outcome::kOk, "add"), 1u);
}

TEST_F(LedgerTest, BeyondItsBudgetOperationsBecomeOther) {
  for (const auto outcome : {Outcome::kOk, Outcome::kCut, Outcome::kCancelled}) {
    ledger_.CountOperation("ping", "", outcome, 1);
  }
  EXPECT_EQ(vitals_.hits(vitals::Limit::kSeries), 0u);
  ledger_.CountOperation("tools/list", "", Outcome::kOk, 1);
  ledger_.CountOperation("tools/get", "", Outcome::kOk, 1);
  ledger_.CountOperation("ping", "", Outcome::kOk, 1);
  EXPECT_EQ(vitals_.hits(vitals::Limit::kSeries), 2u);
  EXPECT_EQ(Count("_OTHER", Outcome::kOk, ""), 2u);
  EXPECT_EQ(Count("ping", Outcome::kOk, ""), 2u) << "what is there goes on";
}

TEST_F(LedgerTest, OverflowIsBoundedItself) {
  for (int i = 0; i < 1000; ++i) {
    tools_.Learn({"tool" + std::to_string(i)});
    for (std::size_t outcome = 0; outcome < vitals::kOutcomeCount; ++outcome) {
      ledger_.CountOperation("tools/call", "tool" + std::to_string(i),
                             static_cast<Outcome>(outcome), 1);
    }
  }
  EXPECT_LE(vitals_.operations.size(), 3 + vitals::kOutcomeCount);
}

TEST(ToolNamesTest, KnowsWhatWasListed) {
  ToolNames tools;
  EXPECT_EQ(tools.LabelOf("add"), "_OTHER");
  tools.Learn({"add", "sub"});
  EXPECT_EQ(tools.LabelOf("add"), "add");
  EXPECT_EQ(tools.LabelOf("Add"), "_OTHER");
  EXPECT_EQ(tools.LabelOf(""), "_OTHER");
}

TEST(ToolNamesTest, ANameStaysAfterMoreAreLearnt) {
  ToolNames tools;
  tools.Learn({"add"});
  const std::string_view label = tools.LabelOf("add");
  for (int i = 0; i < 500; ++i) tools.Learn({"tool" + std::to_string(i)});
  EXPECT_EQ(label, "add");
  EXPECT_EQ(tools.LabelOf("add").data(), label.data());
}

TEST(ToolNamesTest, AreBounded) {
  ToolNames tools;
  for (int i = 0; i < 1100; ++i) tools.Learn({"tool" + std::to_string(i)});
  EXPECT_EQ(tools.LabelOf("tool999"), "tool999");
  EXPECT_EQ(tools.LabelOf("tool1000"), "_OTHER");
}

TEST(ToolNamesTest, LongAndEmptyNamesAreNoLabels) {
  ToolNames tools;
  tools.Learn({"", std::string(128, 'x'), std::string(129, 'y')});
  EXPECT_EQ(tools.LabelOf(""), "_OTHER");
  EXPECT_EQ(tools.LabelOf(std::string(128, 'x')), std::string(128, 'x'));
  EXPECT_EQ(tools.LabelOf(std::string(129, 'y')), "_OTHER");
}

}  // namespace
}  // namespace mcp_vitals::proxy
