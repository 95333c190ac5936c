#include "app/echoes.h"

#include <gtest/gtest.h>

namespace mcp_vitals::app {
namespace {

TEST(EchoesTest, AnswersWhatWasLeftBefore) {
  Echoes echoes;
  EXPECT_EQ(echoes.Exchange("a", "1"), "");
  EXPECT_EQ(echoes.Exchange("a", "2"), "1");
  EXPECT_EQ(echoes.Exchange("a", std::nullopt), "2");
  EXPECT_EQ(echoes.Exchange("a", std::nullopt), "2") << "who leaves nothing changes nothing";
  EXPECT_EQ(echoes.Exchange("b", std::nullopt), "");
}

TEST(EchoesTest, TheOneThatWasLeftTheLongestAgoMakesRoom) {
  Echoes echoes;
  for (std::size_t i = 0; i < Echoes::kMaxFleets; ++i) echoes.Exchange(std::to_string(i), "first");
  echoes.Exchange("0", "again");
  echoes.Exchange("new", "first");
  EXPECT_EQ(echoes.Exchange("0", std::nullopt), "again");
  EXPECT_EQ(echoes.Exchange("1", std::nullopt), "");
  EXPECT_EQ(echoes.Exchange("2", std::nullopt), "first");
}

}  // namespace
}  // namespace mcp_vitals::app
