#include "mcp/manifest.h"

#include "tests/mcp/parse.h"
#include "tests/mcp/samples.h"

namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Tool> Manifest(std::string_view json) {
  Result<std::vector<Tool>> tools = ParseManifest(json);
  EXPECT_TRUE(tools) << json;
  return tools ? *std::move(tools) : std::vector<Tool>{};
}

TEST(ManifestTest, ReadsAToolsListResultOrItsArrayAlone) {
  const auto from_result = Manifest(R"({"tools":[{"name":"a"},{"name":"b"}],"nextCursor":"x"})");
  const auto from_array = Manifest(R"([{"name":"a"},{"name":"b"}])");
  ASSERT_EQ(from_result.size(), 2U);
  EXPECT_EQ(from_result[0].name, "a");
  EXPECT_EQ(ManifestDigest(from_result), ManifestDigest(from_array));
}

TEST(ManifestTest, IsComparableWithWhatAServerSends) {
  const Message message = ParseOne(samples::kToolsList);
  const std::string_view json = samples::kToolsList;
  const std::size_t begin = json.find("{\"tools\"");
  EXPECT_TRUE(
      Compare(Manifest(json.substr(begin, json.size() - begin - 1)), *message.tools).empty());
}

TEST(ManifestTest, MayBeEmpty) {
  EXPECT_THAT(Manifest("[]"), IsEmpty());
  EXPECT_THAT(Manifest(R"({"tools":[]})"), IsEmpty());
}

TEST(ManifestTest, RefusesWhatIsNone) {
  for (std::string_view json : {"{}", R"({"tools":null})", R"({"tools":{}})", "[1]", "[[]]",
                                R"([{"title":"a"}])", R"({"tools":[{"name":7}]})"}) {
    EXPECT_EQ(ParseManifest(json).error(), Error::kWrongShape) << json;
  }
  for (std::string_view json : {"", "[", "tools:\n- name: a\n", "[] []"}) {
    EXPECT_EQ(ParseManifest(json).error(), Error::kMalformedJson) << json;
  }
  for (std::string_view json : {"1", "null", R"("tools")"}) {
    EXPECT_EQ(ParseManifest(json).error(), Error::kWrongShape) << json;
  }
}

TEST(ManifestTest, ComparesByName) {
  const auto expected = Manifest(R"([{"name":"same","x":1,"y":2},{"name":"changed","x":1},)"
                                 R"({"name":"gone"},{"name":"also gone"}])");
  const auto seen = Manifest(R"([{"name":"new"},{"name":"another"},{"name":"changed","x":2},)"
                             R"({"y":2,"x":1,"name":"same"}])");
  const ManifestChange change = Compare(expected, seen);
  EXPECT_FALSE(change.empty());
  EXPECT_THAT(change.added, ElementsAre("another", "new"));
  EXPECT_THAT(change.removed, ElementsAre("also gone", "gone"));
  EXPECT_THAT(change.changed, ElementsAre("changed"));
}

TEST(ManifestTest, TheSameToolsInAnotherOrderAreNoChange) {
  EXPECT_TRUE(Compare(Manifest(R"([{"name":"a"},{"name":"b"}])"),
                      Manifest(R"([{"name":"b"},{"name":"a"}])"))
                  .empty());
  EXPECT_TRUE(Compare({}, {}).empty());
}

TEST(ManifestTest, SeveralToolsOfOneNameAreComparedAsAGroup) {
  const auto twice = Manifest(R"([{"name":"a","x":1},{"name":"a","x":2}])");
  EXPECT_TRUE(Compare(twice, Manifest(R"([{"name":"a","x":2},{"name":"a","x":1}])")).empty());
  EXPECT_THAT(Compare(twice, Manifest(R"([{"name":"a","x":1}])")).changed, ElementsAre("a"));
}

}  // namespace
}  // namespace mcp_vitals::mcp
