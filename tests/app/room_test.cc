#include "app/room.h"

#include <gtest/gtest.h>

namespace mcp_vitals::app {
namespace {

constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;

TEST(RoomTest, HalfOfTheMemoryIsForConnections) {
  EXPECT_EQ(ConnectionsThatFit(64 * kMegabyte, kPlenty), 2048u);
  EXPECT_EQ(ConnectionsThatFit(128 * kMegabyte, kPlenty), 4096u);
}

TEST(RoomTest, EachTakesTwoDescriptors) {
  EXPECT_EQ(ConnectionsThatFit(kPlenty, 10'600), 5'000u);
  EXPECT_EQ(ConnectionsThatFit(kPlenty, 1'024), 212u);
}

TEST(RoomTest, ThereAreAlwaysSomeAndNeverTooMany) {
  EXPECT_EQ(ConnectionsThatFit(0, 0), 100u);
  EXPECT_EQ(ConnectionsThatFit(kPlenty, 100), 100u);
  EXPECT_EQ(ConnectionsThatFit(kPlenty, kPlenty), 100'000u);
}

TEST(RoomTest, TheMachineSaysWhatThereIs) {
  EXPECT_GT(MemoryLimit(), kMegabyte);
  EXPECT_GE(DescriptorLimit(), 100u);
}

}  // namespace
}  // namespace mcp_vitals::app
