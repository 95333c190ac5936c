#include "mcp/error.h"

#include <string>

namespace mcp_vitals::mcp {

namespace {
class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "mcp"; }
  std::string message(int value) const override {
    switch (static_cast<Error>(value)) {
      case Error::kMalformedJson:
        return "not valid JSON";
      case Error::kTooDeep:
        return "JSON nested too deep";
      case Error::kTooLarge:
        return "larger than the limit";
      case Error::kNotJsonRpc:
        return "not a JSON-RPC 2.0 message";
      case Error::kWrongShape:
        return "a field is missing or has the wrong type";
    }
    return "unknown error";
  }
};
}  // namespace

const boost::system::error_category& ErrorCategory() {
  static const Category category;
  return category;
}

}  // namespace mcp_vitals::mcp
