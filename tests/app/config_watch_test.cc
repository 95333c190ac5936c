#include "app/config_watch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/certificates.h"

namespace mcp_vitals::app {
namespace {

namespace fs = std::filesystem;

class ConfigWatchTest : public testing::Test {
 protected:
  // Lets the watch run until it has told of a change, or for long enough that it would have.
  int Changes(std::chrono::milliseconds patience) {
    const int before = changes_;
    const auto end = net::Clock::now() + patience;
    context_.restart();
    while (changes_ == before && context_.run_one_until(end) > 0) {
    }
    return changes_ - before;
  }
  bool TellsOfAChange() { return Changes(std::chrono::seconds(30)) == 1; }
  bool StaysSilent() { return Changes(std::chrono::milliseconds(400)) == 0; }

  const support::TempDir dir_;
  boost::asio::io_context context_{1};
  int changes_ = 0;
  ConfigWatch watch_{context_, [this] {
                       ++changes_;
                       watch_.Refresh();
                     }};
};

TEST_F(ConfigWatchTest, SeesAFileWrittenInPlace) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  dir_.Write("f", "22");
  EXPECT_TRUE(TellsOfAChange());
  EXPECT_TRUE(StaysSilent());
}

TEST_F(ConfigWatchTest, SeesAFileRenamedOverIt) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  fs::rename(dir_.Write("next", "1"), file);
  EXPECT_TRUE(TellsOfAChange());
}

TEST_F(ConfigWatchTest, SeesAFileThatComesBack) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  fs::remove(file);
  EXPECT_TRUE(TellsOfAChange());
  dir_.Write("f", "1");
  EXPECT_TRUE(TellsOfAChange());
}

// As the kubelet updates a ConfigMap: f -> ..data/f, and ..data is replaced by rename.
TEST_F(ConfigWatchTest, SeesTheSwapOfALinkedFolder) {
  const fs::path root = dir_.path();
  fs::create_directory(root / "..1");
  fs::create_directory(root / "..2");
  dir_.Write("..1/f", "1");
  dir_.Write("..2/f", "2");
  fs::create_symlink("..1", root / "..data");
  fs::create_symlink("..data/f", root / "f");
  watch_.Watch({(root / "f").string()});
  fs::create_symlink("..2", root / "..data_tmp");
  fs::rename(root / "..data_tmp", root / "..data");
  EXPECT_TRUE(TellsOfAChange());
  fs::remove_all(root / "..1");
  EXPECT_TRUE(StaysSilent());
}

TEST_F(ConfigWatchTest, SeesAChangeBehindALink) {
  fs::create_directory(dir_.path() + "/real");
  dir_.Write("real/f", "1");
  fs::create_symlink("real/f", dir_.path() + "/f");
  watch_.Watch({dir_.path() + "/f"});
  dir_.Write("real/f", "22");
  EXPECT_TRUE(TellsOfAChange());
}

TEST_F(ConfigWatchTest, DoesNotCareForOtherFiles) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  dir_.Write("g", "1");
  EXPECT_TRUE(StaysSilent());
}

TEST_F(ConfigWatchTest, AChangeBeforeRefreshIsKnown) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  dir_.Write("f", "22");
  watch_.Refresh();
  EXPECT_TRUE(StaysSilent());
}

// Between Refresh (before a file is read) and Watch (after it) nothing must be missed.
TEST_F(ConfigWatchTest, AChangeAfterRefreshIsSeenAlthoughWatchCameLater) {
  const std::string file = dir_.Write("f", "1");
  watch_.Watch({file});
  watch_.Refresh();
  dir_.Write("f", "22");
  watch_.Watch({file});
  EXPECT_TRUE(TellsOfAChange());
}

TEST_F(ConfigWatchTest, StopEndsItsWork) {
  watch_.Watch({dir_.Write("f", "1")});
  watch_.Stop();
  context_.restart();
  context_.run_for(std::chrono::seconds(30));
  EXPECT_TRUE(context_.stopped());
}

}  // namespace
}  // namespace mcp_vitals::app
