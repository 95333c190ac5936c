#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace mcp_vitals::mcp {

enum class Error {
  kMalformedJson = 1,  // not JSON, or not UTF-8
  kTooDeep,            // nested deeper than kMaxJsonDepth
  kTooLarge,           // a line, an event, a name or a list over its bound
  kNotJsonRpc,         // JSON, but no JSON-RPC 2.0 message
  kWrongShape,         // a field that the protocol defines has another type, or is missing
};

const boost::system::error_category& ErrorCategory();
inline boost::system::error_code make_error_code(Error e) {
  return {static_cast<int>(e), ErrorCategory()};
}

template <class T>
using Result = boost::system::result<T>;

}  // namespace mcp_vitals::mcp

template <>
struct boost::system::is_error_code_enum<mcp_vitals::mcp::Error> : std::true_type {};
