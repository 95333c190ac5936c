#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mcp/message.h"

namespace mcp_vitals::mcp {

// The one message of a document that must be good.
inline Message ParseOne(std::string_view json) {
  Result<std::vector<Message>> messages = ParseMessages(json);
  EXPECT_TRUE(messages) << json << ": " << messages.error().message();
  if (!messages) return {};
  EXPECT_EQ(messages->size(), 1U);
  return messages->front();
}

// A result with this text inside, to request 1.
inline std::string ResultJson(std::string_view members) {
  return R"({"jsonrpc":"2.0","id":1,"result":{)" + std::string(members) + "}}";
}

// The error of a document that must be bad.
inline boost::system::error_code ErrorOf(std::string_view json) {
  const Result<std::vector<Message>> messages = ParseMessages(json);
  EXPECT_FALSE(messages) << json.substr(0, 200);
  return messages ? boost::system::error_code() : messages.error();
}

// The one tool of a `tools/list` result.
inline Tool ParseTool(std::string_view definition) {
  const Message message = ParseOne(ResultJson(R"("tools":[)" + std::string(definition) + "]"));
  EXPECT_TRUE(message.tools && message.tools->size() == 1U) << definition;
  return message.tools && !message.tools->empty() ? message.tools->front() : Tool{};
}

}  // namespace mcp_vitals::mcp
