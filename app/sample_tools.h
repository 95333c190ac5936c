#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/sample_request.h"
#include "app/sample_stream.h"

// The tools of the sample server: `echo` {message}, `add` {a, b}, and `wait` {seconds}. What is
// returned of a result are its members, without the braces.
namespace mcp_vitals::app {

extern const char kSampleTools[];  // the member `tools` of the result of tools/list

// Arguments that are wrong give a result too, with `isError`. Nothing for an unknown tool.
std::optional<std::string> CallSampleTool(const SampleRequest& request);

// How long a call of `wait` is to take; nothing for any other request, or with wrong arguments.
std::optional<std::chrono::milliseconds> WaitOf(const SampleRequest& request);

// The stream that answers such a call: its progress, if the client has asked for it, and the
// result, to which `more` is added.
SampleStream WaitStream(const SampleRequest& request, std::chrono::milliseconds wait,
                        std::string more);

// `{"jsonrpc": …}` with the result of these members.
std::string ResultJson(const std::string& id_json, const std::string& members);

}  // namespace mcp_vitals::app
