#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "mcp/envelope.h"

namespace mcp_vitals::mcp {

// The messages visited, whether the document was good or not.
inline std::vector<Envelope> Visited(std::string_view document) {
  std::vector<Envelope> visited;
  EnvelopeReader reader;
  static_cast<void>(
      reader.Read(document, [&](const Envelope& message) { visited.push_back(message); }));
  return visited;
}

// The one message of a document that must be good.
inline Envelope Only(std::string_view document) {
  std::vector<Envelope> visited;
  EnvelopeReader reader;
  const auto read =
      reader.Read(document, [&](const Envelope& message) { visited.push_back(message); });
  EXPECT_TRUE(read) << document.substr(0, 200);
  EXPECT_EQ(visited.size(), 1u) << document.substr(0, 200);
  return visited.empty() ? Envelope{} : visited.front();
}

// The error of a document that must be bad.
inline boost::system::error_code EnvelopeError(std::string_view document) {
  EnvelopeReader reader;
  const auto read = reader.Read(document, [](const Envelope&) {});
  EXPECT_FALSE(read) << document.substr(0, 200);
  return read ? boost::system::error_code() : read.error();
}

}  // namespace mcp_vitals::mcp
