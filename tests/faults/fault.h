#pragma once

#include <string_view>

#include "tests/faults/fake_server.h"

namespace mcp_vitals::faults {

// Ways to go wrong that make sense at any step, by name.
//
//   refuse        HTTP 503                      hang       no answer at all
//   error         a JSON-RPC error              close      the connection ends instead
//   lost          404, the session forgotten    reset      likewise, by RST
//   unauthorized  401                           stall      half an answer, then nothing
//   forbidden     403                           cut        half an answer, then the end
//   limited       429                           torn       half an answer, then RST
//   redirect      307                           empty      an answer without a message
//   garbage       random bytes, not HTTP        other_id   an answer to another request
//   nonsense      HTTP with random bytes        no_result  an answer whose result is {}
//   endless_head  a header without end          mistyped   the right answer as text/plain
//   endless_body  a body or stream without end  html       a page for people, 200
Misdeed MisdeedOf(std::string_view name);

}  // namespace mcp_vitals::faults
