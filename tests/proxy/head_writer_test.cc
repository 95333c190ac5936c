#include "proxy/head_writer.h"

#include "tests/proxy/write_head.h"

namespace mcp_vitals::proxy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

const Rewriting kReplaceHost = {
    .rewrite = {HostHeader::kReplace, "server:3000", Forwarded::kPreserve}};

std::vector<std::string> Forwarding(Forwarded mode, std::string_view fields) {
  return Rewritten(
      fields, {.rewrite = {HostHeader::kPreserve, "", mode}, .client = {"192.0.2.1", "https"}});
}

TEST(HeadWriterTest, FieldsGoOnAsTheyCame) {
  EXPECT_THAT(PassedOn("Host: h\r\nX-b: 2\r\nACCEPT:  a,  b \r\nx-A: 1\r\nx-B: 3\r\nEmpty:\r\n"
                       "Mcp-Param-Region: eu\r\nLast-Event-ID: 7\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "X-b: 2", "ACCEPT: a,  b", "x-A: 1",
                          "x-B: 3", "Empty: ", "Mcp-Param-Region: eu", "Last-Event-ID: 7"));
}

TEST(HeadWriterTest, WhatIsSaidToTheNextHopEndsHere) {
  EXPECT_THAT(PassedOn("Host: h\r\nConnection: close\r\nKeep-Alive: timeout=5\r\n"
                       "Proxy-Connection: keep-alive\r\nTE: trailers\r\nUpgrade: x\r\n"
                       "HTTP2-Settings: a\r\nA: b\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "A: b"));
}

TEST(HeadWriterTest, WhatConnectionNamesEndsHere) {
  EXPECT_THAT(PassedOn("Host: h\r\nX-One: 1\r\nConnection: x-one , X-TWO\r\nX-Two: 2\r\n"
                       "X-Three: 3\r\nX-Four: 4\r\nConnection: close,x-four\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "X-Three: 3"));
}

TEST(HeadWriterTest, ConnectionCannotTakeAwayWhatAMessageNeeds) {
  EXPECT_THAT(
      PassedOn("Host: h\r\nContent-Type: a/b\r\nContent-Length: 3\r\n"
               "Connection: host, content-type, content-length\r\n"),
      ElementsAre("GET /mcp HTTP/1.1", "Host: h", "Content-Type: a/b", "Content-Length: 3"));
}

TEST(HeadWriterTest, AskingForTrailersEndsHereEvenIfNamed) {
  EXPECT_THAT(PassedOn("Host: h\r\nTE: trailers\r\nConnection: TE\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
}

TEST(HeadWriterTest, TheFramingIsWrittenAnew) {
  EXPECT_THAT(PassedOn("Content-Length: 3\r\nHost: h\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "Content-Length: 3"));
  EXPECT_THAT(PassedOn("Content-Length: 0\r\nHost: h\r\n"), Contains("Content-Length: 0"));
  EXPECT_THAT(PassedOn("tranSfer-encoding: CHUNKED\r\nHost: h\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"));
}

TEST(HeadWriterTest, TheTokenOfAProbeEndsHere) {
  EXPECT_THAT(PassedOn("Host: h\r\nMCP-VITALS-probe: secret\r\nMcp-Vitals-Probe: 2\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
}

TEST(HeadWriterTest, HostMayBeReplacedWhereItStands) {
  EXPECT_THAT(Rewritten("A: 1\r\nHost: h\r\nB: 2\r\n", kReplaceHost),
              ElementsAre("GET /mcp HTTP/1.1", "A: 1", "Host: server:3000", "B: 2"));
}

TEST(HeadWriterTest, ARequestWithoutHostGetsOne) {
  Rewriting old = {.rewrite = {HostHeader::kPreserve, "server:3000", Forwarded::kPreserve},
                   .version = "1.0"};
  EXPECT_THAT(Rewritten("A: 1\r\n", old),
              ElementsAre("GET /mcp HTTP/1.1", "A: 1", "Host: server:3000"));
  EXPECT_THAT(Rewritten("Host: h\r\n", old), ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
  old.rewrite.host_header = HostHeader::kReplace;
  EXPECT_THAT(Rewritten("", old), ElementsAre("GET /mcp HTTP/1.1", "Host: server:3000"));
}

TEST(HeadWriterTest, TellsOfTheClient) {
  EXPECT_THAT(Forwarding(Forwarded::kAppend, "Host: h\r\nA: 1\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "A: 1", "X-Forwarded-For: 192.0.2.1",
                          "X-Forwarded-Proto: https", "X-Forwarded-Host: h"));
}

TEST(HeadWriterTest, AppendsTheClientToThoseBefore) {
  EXPECT_THAT(
      Forwarding(Forwarded::kAppend, "Host: h\r\nx-forwarded-for: 198.51.100.7\r\n"),
      ElementsAre("GET /mcp HTTP/1.1", "Host: h", "x-forwarded-for: 198.51.100.7, 192.0.2.1",
                  "X-Forwarded-Proto: https", "X-Forwarded-Host: h"));
}

TEST(HeadWriterTest, OfSeveralLinesTheLastIsAppendedTo) {
  EXPECT_THAT(
      Forwarding(Forwarded::kAppend, "X-Forwarded-For: a, b\r\nHost: h\r\nX-Forwarded-For: c\r\n"),
      IsSupersetOf({"X-Forwarded-For: a, b", "X-Forwarded-For: c, 192.0.2.1"}));
}

TEST(HeadWriterTest, WhatTheFirstProxySaidOfHostAndSchemeStays) {
  EXPECT_THAT(Forwarding(Forwarded::kAppend,
                         "Host: h\r\nX-Forwarded-Proto: wss\r\n"
                         "X-Forwarded-Host: public.example\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "X-Forwarded-Proto: wss",
                          "X-Forwarded-Host: public.example", "X-Forwarded-For: 192.0.2.1"));
}

TEST(HeadWriterTest, ReplacesWhatTheClientClaims) {
  EXPECT_THAT(Forwarding(Forwarded::kReplace,
                         "Host: h\r\nX-Forwarded-For: a\r\nX-FORWARDED-for: b\r\n"
                         "X-Forwarded-Host: c\r\nX-Forwarded-Proto: d\r\n"
                         "Forwarded: for=e\r\nx-real-ip: f\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "X-Forwarded-For: 192.0.2.1",
                          "X-Forwarded-Proto: https", "X-Forwarded-Host: h"));
}

TEST(HeadWriterTest, MayLeaveThemAlone) {
  EXPECT_THAT(Forwarding(Forwarded::kPreserve, "Host: h\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
  EXPECT_THAT(Forwarding(Forwarded::kPreserve, "Host: h\r\nX-Forwarded-For: a\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h", "X-Forwarded-For: a"));
}

TEST(HeadWriterTest, TellsOfTheHostThatTheClientNamed) {
  EXPECT_THAT(Rewritten("Host: h\r\n",
                        {.rewrite = {HostHeader::kReplace, "server:3000", Forwarded::kAppend}}),
              IsSupersetOf({"Host: server:3000", "X-Forwarded-Host: h"}));
}

TEST(HeadWriterTest, AClientCannotHideItsAddress) {
  for (Forwarded mode : {Forwarded::kAppend, Forwarded::kReplace}) {
    EXPECT_THAT(Forwarding(mode,
                           "Host: h\r\nConnection: X-Forwarded-For\r\n"
                           "X-Forwarded-For: a\r\n"),
                Contains(HasSubstr("192.0.2.1")));
    EXPECT_THAT(Forwarding(mode, "Host: h\r\nConnection: close, x-forwarded-for\r\n"),
                Contains(HasSubstr("192.0.2.1")));
  }
}

TEST(HeadWriterTest, AnUpgradeGoesOnWhenConnectionNamesIt) {
  EXPECT_THAT(
      PassedOn("Host: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"),
      ElementsAre("GET /mcp HTTP/1.1", "Host: h", "Connection: Upgrade", "Upgrade: websocket"));
  EXPECT_THAT(PassedOn("Host: h\r\nUpgrade: websocket\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
  EXPECT_THAT(PassedOn("Host: h\r\nConnection: Upgrade\r\n"),
              ElementsAre("GET /mcp HTTP/1.1", "Host: h"));
}

TEST(HeadWriterTest, NobodyChangesToHttp2ThroughUs) {
  for (std::string_view protocol :
       {"h2c", "H2C", "h2c, websocket", "websocket, h2c", "websocket,h2c", "h2c/1",
        "websocket\r\nUpgrade: h2c", "h2c\r\nUpgrade: websocket"}) {
    const auto lines = PassedOn(
        "Host: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nUpgrade: " +
        std::string(protocol) + "\r\n");
    for (const std::string& line : lines) {
      EXPECT_THAT(line, Not(HasSubstr("h2c"))) << protocol;
      EXPECT_THAT(line, Not(HasSubstr("H2C"))) << protocol;
      EXPECT_THAT(line, Not(HasSubstr("HTTP2-Settings"))) << protocol;
    }
  }
}

TEST(HeadWriterTest, AppendsToWhatIsThere) {
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  ASSERT_EQ(parser.ReadHead("GET / HTTP/1.1\r\nHost: h\r\n\r\n", head), Malformed::kNot);
  std::string out = "before";
  WriteRequestHead(head, {HostHeader::kPreserve, "", Forwarded::kPreserve}, {"a", "http"},
                   Framing::kNone, "", out);
  EXPECT_EQ(out, "beforeGET / HTTP/1.1\r\nHost: h\r\n\r\n");
}

}  // namespace
}  // namespace mcp_vitals::proxy
