#include "proxy/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;

// Named by its tool, to be told apart.
Operation Named(std::string tool, mcp::RpcId id, ExchangeNumber exchange) {
  Operation operation;
  operation.id = id;
  operation.method = "tools/call";
  operation.tool = std::move(tool);
  operation.exchange = exchange;
  operation.given_up = Time::max();
  return operation;
}
std::string TakenFrom(Operations& operations, mcp::RpcId id, ExchangeNumber exchange) {
  const auto taken = operations.Take(id, exchange);
  return taken ? taken->tool : "(none)";
}

TEST(OperationsTest, StartsEmpty) {
  Operations operations;
  EXPECT_TRUE(operations.empty());
  EXPECT_EQ(TakenFrom(operations, 1, 1), "(none)");
}

TEST(OperationsTest, TakesEachOnce) {
  Operations operations;
  operations.Add(Named("a", 1, 1));
  operations.Add(Named("b", 2, 1));
  EXPECT_EQ(TakenFrom(operations, 2, 1), "b");
  EXPECT_EQ(TakenFrom(operations, 2, 1), "(none)");
  EXPECT_EQ(operations.size(), 1u);
}

TEST(OperationsTest, AnAnswerMayComeOnAnotherExchange) {
  Operations operations;
  operations.Add(Named("a", 1, 1));
  EXPECT_EQ(TakenFrom(operations, 1, 9), "a");
}

TEST(OperationsTest, OfTheSameIdTheExchangesOwnComesFirst) {
  Operations operations;
  operations.Add(Named("old", 1, 1));
  operations.Add(Named("mine", 1, 2));
  EXPECT_EQ(TakenFrom(operations, 1, 2), "mine");
  EXPECT_EQ(TakenFrom(operations, 1, 2), "old");
}

TEST(OperationsTest, ElseTheOldest) {
  Operations operations;
  for (const char* tool : {"first", "second", "third"}) operations.Add(Named(tool, 1, 1));
  EXPECT_EQ(TakenFrom(operations, 1, 7), "first");
  EXPECT_EQ(TakenFrom(operations, 1, 1), "second");
}

TEST(OperationsTest, TakesAllOfAKindInOrder) {
  Operations operations;
  operations.Add(Named("a", 1, 1));
  operations.Add(Named("b", 2, 2));
  operations.Add(Named("c", 3, 1));
  const auto taken =
      operations.TakeIf([](const Operation& operation) { return operation.exchange == 1; });
  EXPECT_THAT(taken, ElementsAre(testing::Field(&Operation::tool, "a"),
                                 testing::Field(&Operation::tool, "c")));
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations.list()[0].tool, "b");
}

}  // namespace
}  // namespace mcp_vitals::proxy
