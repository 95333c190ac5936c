#include "proxy/facts.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "proxy/message_parser.h"

namespace mcp_vitals::proxy {
namespace {

TEST(FactsTest, ARequestIsKnownByItsHeaders) {
  const std::string text =
      "POST /mcp?x=1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
      "content-encoding: gzip\r\nACCEPT: */*\r\nmcp-session-id: s\r\n"
      "mcp-protocol-version: 2025-06-18\r\nMcp-Method: ping\r\nMcp-Name: n\r\n"
      "last-event-id: 7\r\nTraceParent: t\r\nContent-Length: 0\r\n\r\n";
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  ASSERT_EQ(parser.ReadHead(text, head), Malformed::kNot);
  const RequestFacts facts = RequestFactsOf(head);
  EXPECT_EQ(facts.http_method, "POST");
  EXPECT_EQ(facts.target, "/mcp?x=1");
  EXPECT_EQ(facts.content_type, "application/json");
  EXPECT_EQ(facts.content_encoding, "gzip");
  EXPECT_EQ(facts.accept, "*/*");
  EXPECT_EQ(facts.session_id, "s");
  EXPECT_EQ(facts.protocol_version, "2025-06-18");
  EXPECT_EQ(facts.method, "ping");
  EXPECT_EQ(facts.name, "n");
  EXPECT_EQ(facts.last_event_id, "7");
  EXPECT_EQ(facts.traceparent, "t");
}

TEST(FactsTest, WhatIsNotThereIsEmpty) {
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  ASSERT_EQ(parser.ReadHead("GET / HTTP/1.1\r\nHost: h\r\n\r\n", head), Malformed::kNot);
  const RequestFacts facts = RequestFactsOf(head);
  EXPECT_EQ(facts.protocol_version, "");
  EXPECT_EQ(facts.session_id, "");
}

}  // namespace
}  // namespace mcp_vitals::proxy
