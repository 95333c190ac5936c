#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "app/sample_request.h"
#include "app/sample_stream.h"

// The sample server's streams that no call asked for. They last until somebody ends them.
namespace mcp_vitals::app {

// A legacy session's GET: a log message at once and then one each `interval`, or only a comment
// while `is_quiet` says so.
SampleStream NoticeStream(std::string session, std::chrono::milliseconds interval,
                          std::function<bool()> is_quiet);

// 2026-07-28's subscriptions/listen: acknowledged, and then kept alive by a comment each
// `interval`, since what it could tell, a change of the tools, does not happen. It ends at once if
// the client wants nothing that there is. `meta` are members for the `_meta` of its result.
SampleStream ListenStream(const SampleRequest& request, std::chrono::milliseconds interval,
                          const std::string& meta);

}  // namespace mcp_vitals::app
