#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "proxy/head_writer.h"

namespace mcp_vitals::proxy {

// The lines of a written head, without its empty line, which must be there.
inline std::vector<std::string> LinesOf(std::string_view head) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) {
      ADD_FAILURE() << "no empty line";
      return lines;
    }
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) break;
    lines.emplace_back(line);
  }
  EXPECT_EQ(head, "");
  return lines;
}

struct Rewriting {
  RequestRewrite rewrite = {};
  ClientFacts client = {"192.0.2.1", "http"};
  std::string_view version = "1.1";
};

// How a GET of `/mcp` with these fields goes on: its lines.
inline std::vector<std::string> Rewritten(std::string_view fields, const Rewriting& with = {}) {
  const std::string message =
      "GET /mcp HTTP/" + std::string(with.version) + "\r\n" + std::string(fields) + "\r\n";
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  EXPECT_EQ(parser.ReadHead(message, head), Malformed::kNot) << message;
  std::string out;
  WriteRequestHead(head, with.rewrite, with.client, parser.framing(), UpgradeOf(head), out);
  return LinesOf(out);
}

// The same without what tells of the client.
inline std::vector<std::string> PassedOn(std::string_view fields) {
  return Rewritten(fields, {.rewrite = {HostHeader::kPreserve, "", Forwarded::kPreserve}});
}

}  // namespace mcp_vitals::proxy
