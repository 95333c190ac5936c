#include "mcp/definitions.h"

#include <gtest/gtest.h>

#include "mcp/manifest.h"
#include "tests/mcp/parse.h"
#include "tests/mcp/samples.h"

namespace mcp_vitals::mcp {
namespace {

std::string Copy(std::string_view message) {
  const Result<std::string> copied = CopyDefinitions(message);
  return copied ? *copied : copied.error().message();
}

TEST(DefinitionsTest, AreCopiedWhole) {
  EXPECT_EQ(
      Copy(R"({"jsonrpc":"2.0","id":1,"result":{"ttlMs":0,"tools":[ {"name":"a", "inputSchema":
                   {"$defs":{"x":[1,-2.50e3,[],{}]},"additionalProperties" : false}},
                   {"name":"b\u00e9\n\"","_meta":null} ],"nextCursor":"tools"}})"),
      R"({"name":"a","inputSchema":{"$defs":{"x":[1,-2.50e3,[],{}]},)"
      R"("additionalProperties":false}},{"name":"bé\n\"","_meta":null})");
}

TEST(DefinitionsTest, AreNoneWhereThereAreNoTools) {
  for (std::string_view message :
       {R"({"result":{"tools":[]}})", R"({"result":{"tool":[1]}})", R"({"tools":[1]})",
        R"({"error":{"tools":[1]}})", R"({"result":{"a":{"tools":[1]}}})", R"({"result":[[1]]})",
        R"({"result":{"tools":{"a":[1]}}})", R"({"result":{"tools":1}})", "1", "[]"}) {
    EXPECT_EQ(Copy(message), "") << message;
  }
}

TEST(DefinitionsTest, AreThoseOfTheLastListOfSeveral) {
  EXPECT_EQ(Copy(R"({"result":{"tools":[1,2],"tools":[3]}})"), "3");
}

TEST(DefinitionsTest, AreFoundInABatch) {
  EXPECT_EQ(Copy(R"([{"method":"a"},{"id":1,"result":{"tools":[{"name":"a"}]}}])"),
            R"({"name":"a"})");
}

TEST(DefinitionsTest, MakeAManifestOfTheSameTools) {
  const auto manifest = ParseManifest("[" + Copy(samples::kToolsList) + "]");
  ASSERT_TRUE(manifest);
  const Message message = ParseOne(samples::kToolsList);
  EXPECT_EQ(ManifestDigest(*manifest), ManifestDigest(*message.tools));
  EXPECT_FALSE(manifest->empty());
}

TEST(DefinitionsTest, AreNotReadFromWhatIsNoJson) {
  EXPECT_EQ(CopyDefinitions("{").error(), Error::kMalformedJson);
}

}  // namespace
}  // namespace mcp_vitals::mcp
