#include "tests/relay/relay.h"

// What the proxy does not understand passes as it came.
namespace mcp_vitals::relay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class UntouchedTest : public RelayTest {};

TEST_F(UntouchedTest, FieldsKeepTheirCaseOrderAndValues) {
  Start(Always(Ok("")));
  const std::string request =
      "POST /mcp?a=1&a=2&b=%2F;c HTTP/1.1\r\n"
      "hOsT: example.com:8080\r\n"
      "MCP-Protocol-Version: 2026-07-28\r\n"
      "mcp-param-Region: =?base64?w7Y=?=\r\n"
      "X-Twice: one\r\n"
      "Last-Event-ID: 7\r\n"
      "X-Twice: two\r\n"
      "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
      "X-Odd: \xff\xfe \"quoted\" (comment), and=more\r\n"
      "X-Empty: \r\n"
      "Content-Length: 2\r\n"
      "\r\n"
      "{}";
  EXPECT_EQ(Connect().Ask(request).status, 200);
  EXPECT_THAT(requests(), ElementsAre(request));
}

TEST_F(UntouchedTest, SoDoThoseOfAnAnswerWithItsStatusReasonAndBody) {
  const std::string answer =
      "HTTP/1.1 421 Misdirected, rather\r\n"
      "X-b: 1\r\n"
      "Set-Cookie: a=1; Path=/\r\n"
      "X-A: 2\r\n"
      "Set-Cookie: b=2\r\n"
      "mcp-session-id: \"s\"\r\n"
      "WWW-Authenticate: Bearer resource_metadata=\"https://x/.well-known\"\r\n"
      "Content-Length: 11\r\n"
      "\r\n"
      "who is that";
  Start(Always(answer));
  ClientEnd client = Connect();
  const Answer got = client.Ask(kGet);
  EXPECT_EQ(got.head + got.body, answer);
}

TEST_F(UntouchedTest, StatusCodesPass) {
  Start([this](RawSocket& socket) {
    for (std::string request; !(request = Receive(socket)).empty();) {
      socket.Send("HTTP/1.1 " + request.substr(5, 3) + " X\r\nContent-Length: 1\r\n\r\n.");
    }
  });
  ClientEnd client = Connect();
  for (const int status : {200, 201, 202, 206, 301, 307, 400, 401, 403, 404, 405, 406, 409,
                           410, 415, 421, 429, 499, 500, 501, 502, 503, 504, 599, 700, 999}) {
    const std::string ask = "GET /" + std::to_string(status) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(client.Ask(ask).status, status);
  }
}

TEST_F(UntouchedTest, AnAnswerMayHaveNoReason) {
  Start(Always("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"));
  EXPECT_THAT(Connect().Ask(kGet).head, StartsWith("HTTP/1.1 200 \r\n"));
}

TEST_F(UntouchedTest, MethodsThatNobodyKnowsPass) {
  Start(Always(Ok("")));
  ClientEnd client = Connect();
  for (const std::string method : {"PROPFIND", "QUERY", "M-SEARCH", "get", "X", "OPTIONS"}) {
    client.Ask(method + " /x HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(requests().back(), StartsWith(method + " /x HTTP/1.1\r\n"));
  }
}

TEST_F(UntouchedTest, TargetsPassAsWritten) {
  Start(Always(Ok("")));
  ClientEnd client = Connect();
  for (const std::string target : {"*", "/a//b/../c?", "http://h/absolute?q", "/%00%zz|'<>"}) {
    client.Ask("OPTIONS " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(requests().back(), StartsWith("OPTIONS " + target + " HTTP/1.1\r\n"));
  }
}

TEST_F(UntouchedTest, AnAnswerToHeadTellsALengthAndHasNoBody) {
  Start(Always("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    client.Send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.ReadAnswer(true).head, HasSubstr("\r\nContent-Length: 5000000000\r\n"));
  }
}

TEST_F(UntouchedTest, AnswersWithoutABodyEndWithTheirHead) {
  const std::string no_content = "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n";
  const std::string not_modified =
      "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 77\r\n\r\n";
  Start([=, this](RawSocket& socket) {
    while (!Receive(socket).empty()) {
      socket.Send(no_content);
      Receive(socket);
      socket.Send(not_modified);
    }
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.Ask(kGet).head, no_content);
    EXPECT_EQ(client.Ask(kGet).head, not_modified);
  }
}

TEST_F(UntouchedTest, EarlyHintsPassBeforeTheAnswer) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  Start(Always(hints + hints + Ok("hi")));
  ClientEnd client = Connect();
  client.Send(kGet);
  EXPECT_EQ(client.ReadUntil("hi"), hints + hints + Ok("hi"));
}

TEST_F(UntouchedTest, WhatIsSaidToTheNextHopAloneGoesNoFurther) {
  Start(
      Always("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive, X-Hop\r\n"
             "X-Hop: 1\r\nContent-Length: 0\r\n\r\n"));
  const Answer answer = Connect().Ask(
      "GET /x HTTP/1.1\r\nHost: h\r\nConnection: X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\n"
      "Proxy-Connection: keep-alive\r\n\r\n");
  EXPECT_THAT(requests(), ElementsAre("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(UntouchedTest, TheServerIsToldOfTheClientWhenItShall) {
  settings_.rewrite.forwarded = proxy::Forwarded::kAppend;
  settings_.rewrite.host_header = proxy::HostHeader::kReplace;
  settings_.rewrite.host = "localhost:3000";
  Start(Always(Ok("")));
  Connect().Ask("GET /x HTTP/1.1\r\nHost: mcp.example\r\n\r\n");
  EXPECT_THAT(requests(), ElementsAre("GET /x HTTP/1.1\r\nHost: localhost:3000\r\n"
                                      "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
                                      "X-Forwarded-Host: mcp.example\r\n\r\n"));
}

TEST_F(UntouchedTest, OurOwnProbesAreCountedApartAndTheirTokenStaysHere) {
  settings_.probe_token = "secret";
  Start(Always(Ok("")));
  Connect().Ask("GET /x HTTP/1.1\r\nHost: h\r\nmcp-vitals-probe: secret\r\n\r\n");
  EXPECT_THAT(requests().back(), Not(HasSubstr("secret")));
  EXPECT_EQ(Snapshot().own_requests, 1u);
  EXPECT_EQ(Snapshot().foreign_requests, 0u);
}

}  // namespace
}  // namespace mcp_vitals::relay
