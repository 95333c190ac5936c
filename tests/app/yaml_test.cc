#include <gmock/gmock.h>

#include "app/did_you_mean.h"
#include "app/yaml_node.h"
#include "app/yaml_section.h"

namespace mcp_vitals::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

YamlNode::Ptr Parse(const std::string& text) {
  YamlError error;
  auto node = ParseYaml(text, error);
  EXPECT_NE(node, nullptr) << error.why;
  return node;
}

YamlError Refused(const std::string& text) {
  YamlError error;
  EXPECT_EQ(ParseYaml(text, error), nullptr) << text.substr(0, 80);
  return error;
}

TEST(YamlTest, KnowsTheLineOfEachValue) {
  const auto root = Parse("a: 1\nb:\n  - x\n  - 'y'\n");
  ASSERT_EQ(root->kind, YamlNode::Kind::kMap);
  EXPECT_EQ(root->Find("a")->line, 1);
  const YamlNode& list = *root->Find("b")->value;
  EXPECT_EQ(list.members.at(1).value->line, 4);
  EXPECT_TRUE(list.members.at(1).value->quoted);
  EXPECT_FALSE(list.members.at(0).value->quoted);
}

TEST(YamlTest, NullIsNothingTildeOrTheWord) {
  for (const char* text : {"a:", "a: ~", "a: null"}) {
    EXPECT_EQ(Parse(text)->Find("a")->value->kind, YamlNode::Kind::kNull) << text;
  }
  EXPECT_EQ(Parse("a: 'null'")->Find("a")->value->kind, YamlNode::Kind::kScalar);
  EXPECT_EQ(Parse("")->kind, YamlNode::Kind::kNull);
}

TEST(YamlTest, AnAliasIsWhatItsAnchorIs) {
  const auto root = Parse("a: &x {k: v}\nb: *x\n");
  EXPECT_EQ(root->Find("a")->value, root->Find("b")->value);
}

TEST(YamlTest, RefusesAKeyThatStandsTwice) {
  const YamlError error = Refused("a: 1\nb: 2\na: 3\n");
  EXPECT_EQ(error.line, 3);
  EXPECT_THAT(error.why, HasSubstr("the key \"a\" stands here twice"));
}

TEST(YamlTest, RefusesWhatIsNoYaml) {
  EXPECT_EQ(Refused("a: [1\nb: 2\n").line, 2);
  Refused("a: 'x");
  Refused("\t- a: b: c");
  Refused("a: *nobody\n");
  Refused("? [1]\n: 2\n");
}

TEST(YamlTest, RefusesASecondDocument) {
  EXPECT_THAT(Refused("a: 1\n---\nb: 2\n").why, HasSubstr("more than one document"));
}

TEST(YamlTest, RefusesDeepNesting) {
  EXPECT_THAT(Refused(std::string(40, '[') + std::string(40, ']')).why,
              HasSubstr("nested deeper than 32"));
  Refused(std::string(1'000'000, '['));
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(Refused(deep).why, HasSubstr("nested deeper than 32"));
}

// Each level holds the one before: as deep as the text is long, without nesting in the text.
TEST(YamlTest, RefusesDeepNestingByAliases) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 1000; ++i) {
    const std::string name = "a" + std::to_string(i);
    text += name + ": &" + name + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_THAT(Refused(text).why, HasSubstr("nested deeper than 32"));
}

TEST(YamlTest, RefusesAnAliasInsideItsOwnAnchor) {
  EXPECT_THAT(Refused("a: &x [*x]\n").why, HasSubstr("what it is part of"));
}

TEST(YamlTest, RefusesMoreValuesThanAnyoneNeeds) {
  std::string many = "[";
  for (int i = 0; i < 500'001; ++i) many += "1,";
  EXPECT_THAT(Refused(many + "]").why, HasSubstr("more than 500000 values"));
}

TEST(YamlScalarTest, ReadsBackAsTheSameText) {
  for (const char* text : {"plain", "http://h:1/a", "",     "null", "~",     "a: b",
                           "- x",   "[1]",          "a#b",  "a #b", "\"q\"", "line\nline",
                           "*a",    "&a",           "true", "10s",  "x:",    "\xf0\x9f\x98\x80",
                           "tab\t", "{a}",          "%x",   "@x",   "!t"}) {
    const auto root = Parse("k: " + YamlScalar(text) + "\n");
    EXPECT_EQ(root->Find("k")->value->scalar, text);
    EXPECT_EQ(root->Find("k")->value->kind, YamlNode::Kind::kScalar) << text;
  }
}

TEST(DidYouMeanTest, NamesTheNearestKey) {
  const std::vector<std::string> keys = {"interval", "retry_interval", "targets", "timeout"};
  EXPECT_EQ(DidYouMean("target", keys), "targets");
  EXPECT_EQ(DidYouMean("timout", keys), "timeout");
  EXPECT_EQ(DidYouMean("intervall", keys), "interval");
  EXPECT_EQ(DidYouMean("retry", keys), "retry_interval");
  EXPECT_EQ(DidYouMean("proxy", keys), "");
  EXPECT_EQ(DidYouMean(std::string(100'000, 'x'), keys), "");
}

TEST(ConfigErrorsTest, ListsTwentyAndCountsTheRest) {
  ConfigErrors errors("f.yml");
  for (int i = 1; i <= 25; ++i) errors.Add(i, "k", "is bad");
  const auto messages = errors.Take();
  ASSERT_EQ(messages.size(), 21u);
  EXPECT_EQ(messages.front(), "f.yml:1: k: is bad");
  EXPECT_EQ(messages.back(), "f.yml: and 5 more");
}

}  // namespace
}  // namespace mcp_vitals::app
