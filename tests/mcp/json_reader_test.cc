#include "mcp/json_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mcp_vitals::mcp {
namespace {

// Writes down what it hears; stops after `stop` events.
class Recorder final : public JsonHandler {
 public:
  explicit Recorder(std::size_t stop = std::string::npos) : stop_(stop) {}
  bool OnKey(std::string_view key) override { return Add("k:", key); }
  bool OnScalar(JsonType type, std::string_view text) override {
    return Add(std::string(ToString(type)) + ":", text);
  }
  bool OnStart(JsonType type) override { return Add(type == JsonType::kArray ? "[" : "{", ""); }
  bool OnEnd() override { return Add("end", ""); }
  const std::string& events() const { return events_; }

 private:
  bool Add(std::string_view what, std::string_view text) {
    if (!events_.empty()) events_ += ' ';
    events_ += what;
    events_ += text;
    return ++count_ < stop_;
  }
  std::size_t stop_;
  std::size_t count_ = 0;
  std::string events_;
};

std::string Events(std::string_view json) {
  Recorder recorder;
  const Result<bool> read = ReadJson(json, recorder);
  if (!read) return read.error().message();
  return recorder.events();
}

bool IsJson(std::string_view json) {
  Recorder recorder;
  return ReadJson(json, recorder).has_value();
}

TEST(JsonReaderTest, TellsEveryValueInOrder) {
  EXPECT_EQ(Events(R"({"a":[1,"x",true,false,null],"b":{}})"),
            "{ k:a [ number:1 string:x boolean:true boolean:false null:null end k:b { end end");
}

TEST(JsonReaderTest, KeepsNumbersAsSent) {
  EXPECT_EQ(Events("[-0,1.50,1E+2,0.1e-7,123456789012345678901234567890]"),
            "[ number:-0 number:1.50 number:1E+2 number:0.1e-7 "
            "number:123456789012345678901234567890 end");
}

TEST(JsonReaderTest, ResolvesEscapes) {
  EXPECT_EQ(Events(R"(["\"\\\/\b\f\n\r\t","\u00e9\u20AC\ud834\udd1e"])"),
            "[ string:\"\\/\b\f\n\r\t string:é€𝄞 end");
  EXPECT_EQ(Events(R"("a\u0000b")"), std::string("string:a\0b", 10));
}

TEST(JsonReaderTest, RefusesWhatIsNotJson) {
  for (std::string_view json :
       {"",       " ",       "{",         "[",           "}",          "[1",       "[1,",
        "[1,]",   "[,]",     "{\"a\"}",   "{\"a\":}",    "{\"a\":1,}", "{a:1}",    "{'a':1}",
        "{1:2}",  "[1 2]",   "nul",       "True",        "NaN",        "Infinity", "-",
        "+1",     "01",      "1.",        ".5",          "1e",         "1e+",      "0x10",
        "\"a",    "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "// a\n1",    "/* */1",   "\xEF\xBB\xBF{}",
        "\"\n\"", "\"\t\""}) {
    EXPECT_FALSE(IsJson(json)) << json;
  }
}

TEST(JsonReaderTest, RefusesBytesAfterTheDocument) {
  EXPECT_TRUE(IsJson(" {} \r\n\t "));
  for (std::string_view json : {"{} x", "{}{}", "1 2", "[],", "{}}", "\"a\"\"b\""}) {
    EXPECT_FALSE(IsJson(json)) << json;
  }
  EXPECT_FALSE(IsJson(std::string_view("{}\0", 3)));
  EXPECT_FALSE(IsJson(std::string_view("{}\0{}", 5)));
  EXPECT_FALSE(IsJson(std::string_view("\0{}", 3)));
  EXPECT_FALSE(IsJson(std::string_view("[1,\0 2]", 7)));
  EXPECT_FALSE(IsJson(std::string_view("\"a\0b\"", 5)));
}

TEST(JsonReaderTest, RefusesInvalidUtf8) {
  for (std::string_view bad : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe2\x82", "\xe0\x80\xaf",
                               "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8"}) {
    const std::string text = "\"a" + std::string(bad) + "b\"";
    EXPECT_FALSE(IsJson(text));
    EXPECT_FALSE(IsJson("{" + text + ":1}"));
    EXPECT_FALSE(IsJson("\"" + std::string(bad) + "\""));
    EXPECT_FALSE(IsJson("\"" + std::string(bad)));
  }
  EXPECT_TRUE(IsJson("\"é€𝄞\xef\xbf\xbf\x7f\""));
}

TEST(JsonReaderTest, RefusesLoneSurrogates) {
  for (std::string_view bad :
       {R"("\ud834")", R"("\uDD1E")", R"("\udc00\ud800")", R"("\ud834\ud834")", R"("\ud834x")",
        R"("\ud834\n")", R"("a\uDFFFb")", R"({"\uDD1E":1})", R"("\ud834\u0041")"}) {
    EXPECT_FALSE(IsJson(bad)) << bad;
  }
  EXPECT_TRUE(IsJson(R"("\ud834\uDD1E \ud7ff \ue000 \\ud800")"));
}

TEST(JsonReaderTest, RefusesNumbersBeyondADouble) {
  EXPECT_TRUE(IsJson("1e308"));
  EXPECT_FALSE(IsJson("1e309"));
  EXPECT_FALSE(IsJson(std::string(400, '9')));
  EXPECT_TRUE(IsJson("1e-999999999999999999999"));
  EXPECT_TRUE(IsJson("0." + std::string(10'000, '7')));
}

std::string Nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string json;
  for (std::size_t i = 0; i < depth; ++i) json += open;
  json += "0";
  for (std::size_t i = 0; i < depth; ++i) json += close;
  return json;
}

TEST(JsonReaderTest, BoundsTheDepth) {
  Recorder recorder;
  EXPECT_TRUE(ReadJson(Nested(kMaxJsonDepth, "[", "]"), recorder));
  EXPECT_TRUE(ReadJson(Nested(kMaxJsonDepth, R"({"a":)", "}"), recorder));
  EXPECT_EQ(ReadJson(Nested(kMaxJsonDepth + 1, "[", "]"), recorder).error(), Error::kTooDeep);
  EXPECT_EQ(ReadJson(Nested(kMaxJsonDepth + 1, R"({"a":)", "}"), recorder).error(),
            Error::kTooDeep);
}

TEST(JsonReaderTest, CountsOpenContainersNotAll) {
  std::string json = "[";
  for (int i = 0; i < 1000; ++i) json += "[[]],";
  EXPECT_TRUE(IsJson(json + "{}]"));
}

TEST(JsonReaderTest, StopsWhenTheHandlerSaysSo) {
  for (std::size_t stop = 1; stop <= 8; ++stop) {
    Recorder recorder(stop);
    const Result<bool> read = ReadJson(R"({"a":[1,"x",true]})", recorder);
    ASSERT_TRUE(read) << stop;
    EXPECT_FALSE(*read) << stop;
  }
  Recorder recorder(9);
  EXPECT_TRUE(*ReadJson(R"({"a":[1,"x",true]})", recorder));
}

// On the heap and to the byte, so that AddressSanitizer sees a read past the end.
TEST(JsonReaderTest, NeedsNoByteBehindTheDocument) {
  for (std::string_view json : {"{}", "1", "12", "\"a\"", "[1,2]", "\"a", "tru", "\"\\u00", "-",
                                "\"\xe2\x82", "{\"a\":\"\\"}) {
    const auto copy = std::make_unique<char[]>(json.size());
    json.copy(copy.get(), json.size());
    Recorder recorder;
    (void)ReadJson({copy.get(), json.size()}, recorder);
    Recorder again;
    EXPECT_EQ(ReadJson({copy.get(), json.size()}, again).has_value(), IsJson(json)) << json;
  }
}

}  // namespace
}  // namespace mcp_vitals::mcp
