#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/values.h"
#include "probe/expectation.h"

namespace mcp_vitals::app {

// The grammar of `--expect`, for its help.
inline constexpr char kExpectGrammar[] =
    "is_error=true  contains=TEXT  matches=REGEX  /pointer=VALUE  /pointer>=N  /pointer<=N\n"
    "  '/pointer type=TYPE'  '/pointer length=N'";

// Adds one condition to `expectation`, or says what is wrong with it:
//
//   is_error=true | is_error=false
//   contains=TEXT            some text content contains TEXT
//   matches=REGEX            some text content matches (RE2, anywhere)
//   /a/b=VALUE               JSON; what is no JSON is taken as a string
//   /a/b>=N, /a/b<=N
//   /a/b type=TYPE           null, boolean, number, string, array, object
//   /a/b length=N            elements, members, or bytes of a string
//
// The pointer (RFC 6901) starts at the result; it ends at the first operator.
std::optional<Wrong> AddExpectation(std::string_view text, probe::Expectation& expectation);

// VALUE as the JSON text of a scalar.
std::string ScalarJson(std::string_view value);

}  // namespace mcp_vitals::app
