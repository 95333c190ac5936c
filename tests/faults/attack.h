#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/faults/fake_server.h"

// Ways to send what a well-meaning server would not.
namespace mcp_vitals::faults {

using Change = std::string (*)(std::string);

// These bytes, and then nothing.
Misdeed Raw(std::string bytes);

// `first`, and then `again` until the client goes.
Misdeed Flood(std::string first, std::string again);

// `first`, and then `again`, byte by byte.
Misdeed Drip(std::string first, std::string again);

// This as the body of a 200. "ID" in it becomes the request's id.
Misdeed Body(std::string body, std::string type = "application/json", std::string headers = "");

// `first`, `count` times `again`, `last`; as one body that the server does not hold as a whole.
Misdeed Long(std::string first, std::string again, std::size_t count, std::string last);

// Events before the right one, on a stream.
Misdeed Before(std::string events);

// The right answer, changed.
Misdeed Changed(Change change);

// The right answer under another id.
Misdeed WithId(Change change);

// The right answer behind these bytes.
Misdeed After(std::string bytes);

// A page of `tools/list` whose cursor is made from the number of the page.
Misdeed Page(std::string tools, std::string (*next)(int));

// An endpoint for HTTP+SSE to POST to.
Misdeed Endpoint(std::string uri);

std::string Repeat(std::string_view text, std::size_t count);

}  // namespace mcp_vitals::faults
