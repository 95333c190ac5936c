#pragma once

#include <gtest/gtest.h>

#include "proxy/message_parser.h"
#include "tests/proxy/read_message.h"

namespace mcp_vitals::proxy {

// Whole or byte by byte, which must not matter.
template <bool kRequest>
bool IsRefused(std::string_view message) {
  MessageReading<kRequest> whole;
  whole.Feed(message);
  MessageReading<kRequest> bytewise;
  for (std::size_t i = 0; i < message.size(); ++i) bytewise.Feed(message.substr(i, 1));
  EXPECT_EQ(whole.wrong() == Malformed::kNot, bytewise.wrong() == Malformed::kNot) << message;
  return whole.wrong() != Malformed::kNot;
}

inline bool RequestIsRefused(std::string_view message) { return IsRefused<true>(message); }

// A POST with a Host and these fields.
inline std::string With(std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}
inline std::string Chunked(std::string_view body) {
  return With("Transfer-Encoding: chunked\r\n") + std::string(body);
}

}  // namespace mcp_vitals::proxy
