#include <gtest/gtest.h>

#include "tests/faults/attack.h"
#include "tests/faults/examine.h"
#include "tests/faults/peak_memory.h"

// Answers that mean harm, or look like it: each gives a reason, within its time and in bounded
// memory.

namespace mcp_vitals::faults {
namespace {

using namespace std::chrono_literals;
using probe::Chunk;
using probe::Event;
using probe::Http;
using Answer = std::optional<std::string>;

constexpr std::size_t kMiB = std::size_t{1} << 20;

struct Attack {
  std::string name;
  Wire wire;
  Step step;
  Misdeed misdeed;
  std::string expected;               // an Outcome
  std::size_t max_answer = 8 * kMiB;  // the target's bound
  std::size_t memory = 0;             // of what client or server have to hold at once
};
void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

std::string Tool(const std::string& name) {
  return R"({"name":")" + name + R"(","inputSchema":{"type":"object"}})";
}

std::string ManyTools(std::size_t count, std::size_t name_size) {
  std::string tools;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = std::to_string(i);
    name.resize(std::max(name.size(), name_size), 'x');
    tools += (i == 0 ? "" : ",") + Tool(name);
  }
  return tools;
}

std::string Utf16(std::string text) {
  std::string wide("\xff\xfe");
  for (const char c : text) wide += {c, '\0'};
  return wide;
}

// "hello".
const std::string kGzip(
    "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0", 25);
const std::string kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string kPing = R"({"jsonrpc":"2.0","id":"p","method":"ping"})";
const std::string kNote = R"({"jsonrpc":"2.0","method":"notifications/message","params":{}})";

constexpr Wire kJson = Wire::kModernJson;
constexpr Wire kSse = Wire::kModernSse;
constexpr Step kFirst = Step::kDiscover;

std::vector<Attack> Heads() {
  return {
      {"EndlessHeader", kJson, kFirst, Flood(kOk + "X-Long: ", std::string(16384, 'x')),
       "response_too_large in discover"},
      {"EndlessStatusLine", kJson, kFirst, Flood("HTTP/1.1 200 ", std::string(16384, 'x')),
       "response_too_large in discover"},
      {"ThousandsOfHeaders", kJson, kFirst, Flood(kOk, "A: b\r\n"),
       "response_too_large in discover"},
      {"EndlessInformation", kJson, kFirst, Flood("", "HTTP/1.1 100 Continue\r\n\r\n"),
       "not_mcp in discover"},
      {"SomeInformation", kJson, kFirst, After(Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3)),
       "ok"},
      {"OtherProtocol", kJson, kFirst,
       Raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
       "not_mcp in discover"},
      {"ContentLengthOf4GiB", kJson, kFirst, Flood(kOk + "Content-Length: 4294967296\r\n\r\n", " "),
       "response_too_large in discover"},
      {"ContentLengthBeyondNumbers", kJson, kFirst,
       Raw(kOk + "Content-Length: 99999999999999999999\r\n\r\n{}"), "not_mcp in discover"},
      {"ContentLengthBelowZero", kJson, kFirst, Raw(kOk + "Content-Length: -1\r\n\r\n{}"),
       "not_mcp in discover"},
      {"TwoContentLengths", kJson, kFirst,
       Raw(kOk + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "not_mcp in discover"},
      {"LengthAndChunks", kJson, kFirst,
       Raw(kOk + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
       "not_mcp in discover"},
      {"NulInHeader", kJson, kFirst, Raw(kOk + std::string("X: a\0b\r\n", 8) + "\r\n"),
       "not_mcp in discover"},
      {"StatusOfFourDigits", kJson, kFirst, Raw("HTTP/1.1 2000 OK\r\n\r\n"), "not_mcp in discover"},
      {"SlowHead", kJson, kFirst, Drip("HTTP/1.1 200 OK\r\n", "X: y\r\n"), "timeout in discover"},
  };
}

std::vector<Attack> Bodies() {
  return {
      {"ChunkExtensionWithoutEnd", kJson, kFirst, Flood(kHead + "1;", std::string(16384, 'x')),
       "response_too_large in discover"},
      {"ChunksOfExtensions", kJson, kFirst,
       Flood(kHead, "1;" + std::string(1000, 'x') + "\r\n \r\n"), "response_too_large in discover",
       4096},
      {"ChunkOf16EiB", kJson, kFirst,
       Flood(kHead + "ffffffffffffffff\r\n", std::string(16384, ' ')),
       "response_too_large in discover"},
      {"ChunkBeyondNumbers", kJson, kFirst, Raw(kHead + "fffffffffffffffff\r\n"),
       "not_mcp in discover"},
      {"EndlessTrailers", kJson, kFirst, Flood(kHead + "0\r\n", "X-Trailer: y\r\n"),
       "response_too_large in discover"},
      {"GzipNobodyAskedFor", kJson, kFirst,
       Body(kGzip, "application/json", "Content-Encoding: gzip\r\n"), "not_mcp in discover"},
      {"SlowBody", kJson, kFirst, Drip(kOk + "Content-Length: 1000000\r\n\r\n", " "),
       "timeout in discover"},
      {"AnswerTwice", kJson, Step::kListTools,
       [](Moment& moment) -> Answer {
         const std::string once = *moment.Deliver(moment.Right());
         return once + once;
       },
       "ok"},
      {"TwoMegabytesOfBrackets", kJson, kFirst, Long("", std::string(8192, '['), 256, ""),
       "not_mcp in discover", 8 * kMiB, 2 * kMiB},
      {"BracketsInAResult", kJson, Step::kListTools,
       Long(R"({"jsonrpc":"2.0","id":ID,"result":{"tools":)", std::string(8192, '['), 256, ""),
       "protocol_error in list_tools", 8 * kMiB, 2 * kMiB},
      {"EightMegabytesOfZeros", kJson, Step::kListTools, Long("[0", Repeat(",0", 8192), 512, "]"),
       "protocol_error in list_tools", 64 * kMiB, 8 * kMiB},
      {"EightMegabytesOfZerosInAResult", kJson, Step::kListTools,
       Long(R"({"jsonrpc":"2.0","id":ID,"result":{"tools":[],"x":[0)", Repeat(",0", 8192), 512,
            "]}}"),
       "ok", 64 * kMiB, 8 * kMiB},
      {"BatchOfThousands", kJson, kFirst, Long("[" + kNote, Repeat("," + kNote, 100), 1000, "]"),
       "response_too_large in discover", 64 * kMiB, 8 * kMiB},
      {"EmptyBatch", kJson, kFirst, Body("[]"), "not_mcp in discover"},
      {"Batch", kJson, kFirst,
       Changed([](std::string right) { return "[" + kNote + "," + right + "]"; }), "ok"},
      {"NulInBody", kJson, kFirst,
       Changed([](std::string right) { return right.replace(right.find("fake"), 1, 1, '\0'); }),
       "not_mcp in discover"},
      {"NulBehindBody", kJson, kFirst,
       Changed([](std::string right) { return right + std::string(1, '\0'); }),
       "not_mcp in discover"},
      {"InvalidUtf8", kJson, Step::kListTools,
       Changed([](std::string right) { return right.replace(right.find("echo"), 1, "\xc3\x28"); }),
       "protocol_error in list_tools"},
      {"Utf16", kJson, kFirst, Changed(Utf16), "not_mcp in discover"},
      {"ByteOrderMark", kJson, kFirst,
       Changed([](std::string right) { return "\xEF\xBB\xBF" + right; }), "not_mcp in discover"},
      {"IdAsText", kJson, Step::kListTools, WithId([](std::string id) { return '"' + id + '"'; }),
       "protocol_error in list_tools"},
      {"IdAsFraction", kJson, Step::kListTools, WithId([](std::string id) { return id + ".5"; }),
       "protocol_error in list_tools"},
      {"IdAsFloat", kJson, Step::kListTools, WithId([](std::string id) { return id + ".0"; }),
       "protocol_error in list_tools"},
      {"IdOfAnotherRequest", kJson, Step::kListTools,
       WithId([](std::string id) { return id + "0"; }), "protocol_error in list_tools"},
      {"IdNull", kJson, Step::kListTools, WithId([](std::string) { return std::string("null"); }),
       "protocol_error in list_tools"},
  };
}

// Many messages in one document of 3 MiB: what is kept for each must not be the document.
std::string WideBatch() {
  const std::string padding = "data: " + std::string(kMiB - 1024, ' ') + "\n";
  return "data: [" + kNote + Repeat("," + kNote, 800) + "\n" + Repeat(padding, 3) + "data: ]\n\n";
}

std::vector<Attack> Streams() {
  const std::string comments = Repeat(": comment\n", 1600);
  return {
      {"EndlessComments", kSse, kFirst, Flood(kStream, Chunk(comments)),
       "response_too_large in discover"},
      {"EndlessNotifications", kSse, kFirst, Flood(kStream, Chunk(Event(kNote))),
       "response_too_large in discover"},
      {"EndlessEvent", kSse, kFirst, Flood(kStream, Chunk(Repeat("data: xxxx\n", 1000))),
       "response_too_large in discover", 8 * kMiB, 8 * kMiB},
      {"BatchOfManyInOneEvent", kSse, kFirst, Raw(kStream + Chunk(WideBatch())),
       "stream_cut in discover", 32 * kMiB, 3 * kMiB},
      {"EndlessLine", kSse, kFirst,
       Flood(kStream + Chunk("data: "), Chunk(std::string(16384, 'x'))),
       "response_too_large in discover", 8 * kMiB, 1 * kMiB},
      {"EndlessRequests", Wire::kLegacySse, Step::kListTools, Flood(kStream, Chunk(Event(kPing))),
       "protocol_error in list_tools"},
      {"ThousandsOfComments", kSse, Step::kListTools, Before(Repeat(": comment\n", 10000)), "ok"},
      {"SlowComments", kSse, kFirst, Drip(kStream, Chunk(": ")), "timeout in discover"},
      {"ByteOrderMarkOnStream", kSse, kFirst, Before("\xEF\xBB\xBF"), "ok"},
      {"AnswerTwiceOnStream", kSse, Step::kListTools,
       [](Moment& moment) { return moment.Deliver(moment.Right() + moment.Right()); }, "ok"},
      {"AnswerOfAnotherFirst", kSse, Step::kListTools,
       [](Moment& moment) {
         return moment.Deliver(moment.Wrap(moment.Result("7")) + moment.Right());
       },
       "ok"},
      {"NulOnStream", kSse, Step::kListTools, Before(Event(std::string("{\0}", 3))),
       "protocol_error in list_tools"},
      {"InvalidUtf8OnStream", kSse, Step::kListTools,
       Changed([](std::string right) { return right.replace(right.find("echo"), 1, "\xc3\x28"); }),
       "protocol_error in list_tools"},
      {"NullBytesForEver", kSse, kFirst, Flood(kStream, Chunk(std::string(16384, '\0'))),
       "response_too_large in discover", 8 * kMiB, 1 * kMiB},
      {"EndpointElsewhere", Wire::kHttpSse, Step::kStream, Endpoint("http://other.example/message"),
       "protocol_error in initialize"},
      {"EndpointOfOtherScheme", Wire::kHttpSse, Step::kStream, Endpoint("javascript:alert(1)"),
       "protocol_error in initialize"},
      {"EndpointOfAMegabyte", Wire::kHttpSse, Step::kStream,
       Endpoint("/message?" + std::string(1000 * 1000, 'x')), "protocol_error in initialize"},
  };
}

std::vector<Attack> Meanings() {
  const auto discover = [](const std::string& result) {
    return Body(R"({"jsonrpc":"2.0","id":ID,"result":)" + result + "}");
  };
  return {
      {"VersionUnknown", kJson, kFirst, discover(R"({"supportedVersions":["2099-01-01"]})"),
       "version_mismatch in discover"},
      {"NoVersions", kJson, kFirst, discover(R"({"supportedVersions":[]})"),
       "version_mismatch in discover"},
      {"VersionsOfOtherType", kJson, kFirst, discover(R"({"supportedVersions":"2026-07-28"})"),
       "protocol_error in discover"},
      {"LegacyVersionUnknown", Wire::kLegacyJson, Step::kInitialize,
       discover(R"({"protocolVersion":"1999-01-01","capabilities":{}})"),
       "version_mismatch in initialize"},
      {"LegacyVersionOfOtherType", Wire::kLegacyJson, Step::kInitialize,
       discover(R"({"protocolVersion":20251125,"capabilities":{}})"),
       "protocol_error in initialize"},
      {"ToolsForEver", kJson, Step::kListTools,
       Page(Tool("a"), [](int page) { return std::to_string(page); }),
       "protocol_error in list_tools"},
      {"CursorThatRepeats", kJson, Step::kListTools,
       Page(Tool("a"), [](int page) { return std::to_string(page % 3); }),
       "protocol_error in list_tools"},
      {"HundredThousandTools", kJson, Step::kListTools,
       Page(ManyTools(100'000, 0), [](int) { return std::string("more"); }),
       "response_too_large in list_tools", 64 * kMiB, 24 * kMiB},
      {"LongPagesForEver", kJson, Step::kListTools,
       Page(ManyTools(5'000, 1000), [](int page) { return std::to_string(page); }),
       "response_too_large in list_tools", 8 * kMiB, 32 * kMiB},
  };
}

class HostileTest : public testing::TestWithParam<Attack> {};

TEST_P(HostileTest, GivesAReasonInBoundedMemory) {
  const Attack& attack = GetParam();
  const Belongings before = Belongings::Now();
  {
    FakeServer server(attack.wire, {{attack.step, attack.misdeed}});
    const auto target = MakeTarget(server.Url(), attack.wire);
    target->max_answer_bytes = attack.max_answer;
    Limits limits{.deadline = 20s};
    if (attack.expected.starts_with("timeout")) limits.deadline = 400ms;
    const PeakMemory memory;
    const auto result = Examine(target, limits);
    EXPECT_EQ(Outcome(result), attack.expected) << result.detail;
    // A buffer that grows is copied, and the server has its own.
    EXPECT_LE(memory.growth(), 3 * attack.memory + 12 * kMiB);
    EXPECT_LE(server.connections(), 80);
    EXPECT_TRUE(Becomes([&] { return server.open() == 0; }));
  }
  EXPECT_TRUE(Becomes([&] { return Belongings::Now() == before; }));
}

std::string NameOf(const testing::TestParamInfo<Attack>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Heads, HostileTest, testing::ValuesIn(Heads()), NameOf);
INSTANTIATE_TEST_SUITE_P(Bodies, HostileTest, testing::ValuesIn(Bodies()), NameOf);
INSTANTIATE_TEST_SUITE_P(Streams, HostileTest, testing::ValuesIn(Streams()), NameOf);
INSTANTIATE_TEST_SUITE_P(Meanings, HostileTest, testing::ValuesIn(Meanings()), NameOf);

// ---- redirects ----------------------------------------------------------------------------------

std::string Redirected(int status, const std::string& location, int* connections = nullptr) {
  const auto redirect = [=](Moment&) -> Answer {
    return Http(status, "", "", location.empty() ? "" : "Location: " + location + "\r\n");
  };
  FakeServer server(kJson, {{kFirst, redirect}});
  const auto target = MakeTarget(server.Url(), kJson);
  target->follow_redirects = true;
  const auto result = Examine(target);
  if (connections != nullptr) *connections = server.connections();
  return Outcome(result);
}

TEST(HostileRedirectTest, LoopEnds) {
  int connections = 0;
  EXPECT_EQ(Redirected(307, "/mcp", &connections), "redirect_error in discover");
  EXPECT_LE(connections, 8);
}

TEST(HostileRedirectTest, LeadsNowhereElse) {
  EXPECT_EQ(Redirected(308, "ftp://127.0.0.1/mcp"), "redirect_error in discover");
  EXPECT_EQ(Redirected(308, "file:///etc/passwd"), "redirect_error in discover");
  EXPECT_EQ(Redirected(308, "http://user:secret@127.0.0.1/"), "redirect_error in discover");
  EXPECT_EQ(Redirected(307, ""), "redirect_error in discover");
  EXPECT_EQ(Redirected(302, "/elsewhere"), "redirect_error in discover");
}

}  // namespace
}  // namespace mcp_vitals::faults
