#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/tls_context.h"
#include "net/url.h"

namespace mcp_vitals::scaler {

// What Prometheus is asked about a fleet.
enum class Question {
  kStreams,      // live ones, by the label `kind`
  kInFlight,     // operations: one number
  kReplicas,     // pods of which there are samples that are young enough: one number
  kSilent,       // other pods that should be heard of: one number
  kMinute,       // calls that ended in the latest minute, by tool and `le`
  kFiveMinutes,  // likewise
};
inline constexpr std::size_t kQuestionCount = 6;

// A query as it is configured. In it, $selector, $max_age and $window stand for what differs.
struct Query {
  std::string_view key;   // in the configuration
  std::string_view text;  // if that does not say
};
inline constexpr std::size_t kQueryCount = 5;
// Over our own metrics. Answers are stamped with the time of the evaluation, so that the age of
// samples must be asked for: by pod, since the oldest sample alone would blind a whole fleet for
// one pod, and the newest alone would hide all that are silent.
inline constexpr std::array<Query, kQueryCount> kQueries = {
    Query{"streams", "sum by (kind) (mcp_active_sse_connections{$selector})"},
    Query{"in_flight", "sum(mcp_requests_in_flight{$selector})"},
    Query{"replicas", "count(time() - timestamp(mcp_requests_in_flight{$selector}) <= $max_age)"},
    // Those whose samples are old, and those that were scraped within the hour and now in vain.
    Query{"silent",
          "(count(time() - timestamp(mcp_requests_in_flight{$selector}) > $max_age) or vector(0))"
          " + (count(up == 0 and on (job, instance) "
          "present_over_time(mcp_requests_in_flight{$selector}[1h])) or vector(0))"},
    // Where nothing was called, a 0 says so, if there are samples enough to know.
    Query{"calls",
          "sum by (gen_ai_tool_name, le) (increase(mcp_server_operation_duration_seconds_bucket{"
          "$selector,mcp_method_name=\"tools/call\",error_type!~\"http_.*\"}[$window]))"
          " or 0 * (max(count_over_time(mcp_requests_in_flight{$selector}[$window])) > 1)"}};

// Where Prometheus, or what speaks its language, knows of a fleet, and how to ask. Built by the
// configuration, immutable afterwards.
struct PrometheusSource {
  net::Url url;                          // of the API's root, without a query; its path is kept
  std::shared_ptr<net::TlsContext> tls;  // null: plain HTTP
  std::string credentials_file;          // read now and then; "" means none
  std::string credentials_type = "Bearer";
  std::vector<std::pair<std::string, std::string>> headers;  // may be secret; may set Host
  std::array<std::string, kQuestionCount> queries;           // as they are sent
};

// The queries to send, from those of kQueries or what stands in their place. `selector`: label
// matchers of the fleet's series, without braces.
std::array<std::string, kQuestionCount> FillQueries(const std::array<std::string, kQueryCount>& of,
                                                    const std::string& selector,
                                                    std::chrono::milliseconds max_age);

// The key of the query that a question is asked by.
std::string_view KeyOf(Question question);

}  // namespace mcp_vitals::scaler
