#include <array>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::ServerVitals;
using vitals::StreamKind;
using vitals::StreamVitals;

template <class Visit>
void ForEachKind(const ServerVitals& server, Visit visit) {
  for (std::size_t i = 0; i < vitals::kStreamKindCount; ++i) {
    visit(std::string(ToString(static_cast<StreamKind>(i))), server.streams[i]);
  }
}

// A row with one sample for each kind of stream, which is a number of StreamVitals.
template <std::uint64_t StreamVitals::* kNumber>
void CollectStreamCounter(const ServerVitals& server, Samples& out) {
  ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
    out.Counter({{"kind", kind}}, static_cast<double>(stream.*kNumber));
  });
}

void CollectLive(const ServerVitals& server, Samples& out) {
  ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
    out.Gauge({{"kind", kind}}, static_cast<double>(stream.live));
  });
}

// The server does not say what opened them.
bool CollectAppStreams(const vitals::ConnectionCount& count, Samples& out) {
  if (count.source != vitals::ConnectionSource::kApp) return false;
  if (count.app_streams) out.Gauge({{"kind", "app"}}, *count.app_streams);
  return true;
}

bool CollectSockets(const vitals::ConnectionCount& count, Samples& out) {
  if (count.source != vitals::ConnectionSource::kSockets) return false;
  if (count.sockets) out.Gauge({}, static_cast<double>(*count.sockets));
  return true;
}

bool CollectBypassing(const vitals::ConnectionCount& count, Samples& out) {
  if (count.bypassing) out.Gauge({}, static_cast<double>(*count.bypassing));
  return true;
}

void CollectClosed(const ServerVitals& server, Samples& out) {
  ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
    for (std::size_t i = 0; i < vitals::kStreamEndCount; ++i) {
      const auto reason = ToString(static_cast<vitals::StreamEnd>(i));
      out.Counter({{"kind", kind}, {"reason", std::string(reason)}},
                  static_cast<double>(stream.closed[i]));
    }
  });
}

void CollectSessionsClosed(const ServerVitals& server, Samples& out) {
  for (std::size_t i = 0; i < vitals::kSessionEndCount; ++i) {
    const auto reason = ToString(static_cast<vitals::SessionEnd>(i));
    out.Counter({{"reason", std::string(reason)}}, static_cast<double>(server.sessions.closed[i]));
  }
}

void CollectOperations(const ServerVitals& server, Samples& out) {
  for (const auto& [key, histogram] : server.operations) {
    out.Histogram({{"mcp_method_name", std::string(key.method)},
                   {"gen_ai_tool_name", key.tool},
                   {"error_type", std::string(ToString(key.outcome))}},
                  histogram, vitals::kDurationBounds);
  }
}

void CollectRequests(const ServerVitals& server, Samples& out) {
  for (const auto& [key, count] : server.requests) {
    out.Counter({{"method", std::string(key.method)}, {"status", std::to_string(key.status)}},
                static_cast<double>(count));
  }
}

void CollectLimits(const ServerVitals& server, Samples& out) {
  for (std::size_t i = 0; i < vitals::kLimitCount; ++i) {
    const auto limit = ToString(static_cast<vitals::Limit>(i));
    out.Counter({{"limit", std::string(limit)}}, static_cast<double>(server.limits_hit[i]));
  }
}

// A row whose one sample is a number of ServerVitals.
template <std::uint64_t ServerVitals::* kNumber>
void CollectCounter(const ServerVitals& server, Samples& out) {
  out.Counter({}, static_cast<double>(server.*kNumber));
}
template <std::uint64_t ServerVitals::* kNumber>
void CollectGauge(const ServerVitals& server, Samples& out) {
  out.Gauge({}, static_cast<double>(server.*kNumber));
}

constexpr std::array kServerMetrics = {
    ServerMetric{
        {"mcp_active_sse_connections", MetricType::Gauge,
         "Live event streams, by what opened them: sse (a GET in 2024-11-05), get (a GET in "
         "Streamable HTTP), post (a POST that is answered by a stream), listen (a POST of "
         "subscriptions/listen). With connections.from: app it is one number, the server's own "
         "count of all kinds that it counts, and kind is app.",
         "kind"},
        CollectLive,
        CollectAppStreams},
    ServerMetric{{"mcp_sse_connections_opened_total", MetricType::Counter,
                  "Event streams that began.", "kind"},
                 CollectStreamCounter<&StreamVitals::opened>},
    ServerMetric{{"mcp_sse_connections_resumed_total", MetricType::Counter,
                  "Of the event streams that began, those that asked for what they had missed "
                  "(Last-Event-ID).",
                  "kind"},
                 CollectStreamCounter<&StreamVitals::resumed>},
    ServerMetric{
        {"mcp_sse_connections_closed_total", MetricType::Counter,
         "Event streams that ended, by who ended them: client, server (properly), drain (by "
         "us, properly), cut (the server's connection broke, or we had to break it: at a limit, or "
         "at the end of a drain), idle (by our time-out).",
         "kind, reason"},
        CollectClosed},
    ServerMetric{{"mcp_sse_connection_duration_seconds", MetricType::Histogram,
                  "How long the event streams that ended had lived.", "kind"},
                 [](const ServerVitals& server, Samples& out) {
                   ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
                     out.Histogram({{"kind", kind}}, stream.duration, vitals::kLifetimeBounds);
                   });
                 }},
    ServerMetric{
        {"mcp_sse_first_event_seconds", MetricType::Histogram,
         "From the head of a request to the first event of the stream that answers it.", "kind"},
        [](const ServerVitals& server, Samples& out) {
          ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
            out.Histogram({{"kind", kind}}, stream.first_event, vitals::kDurationBounds);
          });
        }},
    ServerMetric{
        {"mcp_active_sessions", MetricType::Gauge,
         "Sessions of the legacy era that are in use or were lately: opened, or first seen, "
         "and not ended.",
         ""},
        [](const ServerVitals& server, Samples& out) {
          out.Gauge({}, static_cast<double>(server.sessions.live));
        }},
    ServerMetric{{"mcp_sessions_opened_total", MetricType::Counter,
                  "Sessions that the server opened here.", ""},
                 [](const ServerVitals& server, Samples& out) {
                   out.Counter({}, static_cast<double>(server.sessions.opened));
                 }},
    ServerMetric{
        {"mcp_sessions_closed_total", MetricType::Counter,
         "Sessions that ended: deleted (by a DELETE, or when the client closed its 2024-11-05 "
         "stream), expired (nothing was heard of it for the idle time of sessions), lost (the "
         "server no longer knew it, or cut its 2024-11-05 stream).",
         "reason"},
        CollectSessionsClosed},
    ServerMetric{
        {"mcp_server_session_duration_seconds", MetricType::Histogram,
         "How long the sessions that ended had lived, of those whose opening was seen.", ""},
        [](const ServerVitals& server, Samples& out) {
          out.Histogram({}, server.sessions.duration, vitals::kLifetimeBounds);
        }},
    ServerMetric{
        {"mcp_requests_total", MetricType::Counter,
         "HTTP requests of MCP that were answered, by the status of the answer.", "method, status"},
        CollectRequests},
    ServerMetric{{"mcp_server_messages_total", MetricType::Counter,
                  "Messages of the server to its clients that are no answers: requests (sampling, "
                  "elicitation, roots) and notifications (progress, log messages, list changes).",
                  "method"},
                 [](const ServerVitals& server, Samples& out) {
                   for (const auto& [method, count] : server.server_messages) {
                     out.Counter({{"method", std::string(method)}}, static_cast<double>(count));
                   }
                 }},
    ServerMetric{{"mcp_foreign_requests_total", MetricType::Counter,
                  "HTTP requests that were answered and are no MCP.", ""},
                 CollectCounter<&ServerVitals::foreign_requests>},
    ServerMetric{{"mcp_own_requests_total", MetricType::Counter,
                  "HTTP requests of this program's own probes.", ""},
                 CollectCounter<&ServerVitals::own_requests>},
    ServerMetric{{"mcp_requests_in_flight", MetricType::Gauge,
                  "Operations that the server has not answered yet, those in the queue included. "
                  "One whose client has gone without "
                  "a word counts for as long as its session may still bring the answer.",
                  ""},
                 CollectGauge<&ServerVitals::operations_in_flight>},
    ServerMetric{
        {"mcp_server_operation_duration_seconds", MetricType::Histogram,
         "From the head of an operation's request to its JSON-RPC answer, which may come long "
         "before the end of a stream. error_type is absent on success; else tool_error "
         "(isError), the JSON-RPC error (invalid_request, method_not_found, invalid_params, "
         "internal_error, rpc_other), http_4xx, http_5xx, cancelled (by the client), or cut "
         "(no answer came).",
         "mcp_method_name, gen_ai_tool_name, error_type"},
        CollectOperations},
    ServerMetric{
        {"mcp_connections_active", MetricType::Gauge,
         "Open connections of clients. With connections.from: sockets, established TCP connections "
         "to the server's port as the kernel counts them, without our own: at least as many as "
         "there are live streams over HTTP/1.1, since a stream and an idle keep-alive look alike.",
         ""},
        CollectGauge<&ServerVitals::connections>,
        CollectSockets},
    ServerMetric{{"mcp_bypass_connections", MetricType::Gauge,
                  "Established TCP connections to the server's port that are neither the proxy's "
                  "nor our probes': whoever reaches the server past the proxy, and is in no other "
                  "metric. Absent while it cannot be known: the server does not listen in this "
                  "network namespace, or the kernel does not answer.",
                  ""},
                 nullptr,
                 CollectBypassing},
    ServerMetric{
        {"mcp_connections_accepted_total", MetricType::Counter, "Connections of clients.", ""},
        CollectCounter<&ServerVitals::connections_accepted>},
    ServerMetric{{"mcp_upgrades_total", MetricType::Counter,
                  "Connections that became something else than HTTP (WebSocket).", ""},
                 CollectCounter<&ServerVitals::upgrades>},
    ServerMetric{{"mcp_http2_refused_total", MetricType::Counter,
                  "Connections that spoke HTTP/2 without being asked: answered 505.", ""},
                 CollectCounter<&ServerVitals::http2_refused>},
    ServerMetric{{"mcp_malformed_requests_total", MetricType::Counter,
                  "Requests that were no HTTP/1.1, or too large: answered 400, 414 or 431.", ""},
                 CollectCounter<&ServerVitals::malformed_requests>},
    ServerMetric{
        {"mcp_uninspected_bodies_total", MetricType::Counter,
         "Bodies that passed unread: too large, compressed, or over the budget of all. What "
         "they asked or answered is in no other metric.",
         ""},
        CollectCounter<&ServerVitals::uninspected_bodies>},
    ServerMetric{
        {"mcp_sse_connections_silent", MetricType::Gauge,
         "Live event streams on which nothing has come from the server for findings.silent.",
         "kind"},
        [](const ServerVitals& server, Samples& out) {
          ForEachKind(server, [&out](const std::string& kind, const StreamVitals& stream) {
            out.Gauge({{"kind", kind}}, static_cast<double>(stream.silent));
          });
        }},
    ServerMetric{
        {"mcp_sessions_abandoned", MetricType::Gauge,
         "Sessions that are alive, have no stream, and of which nothing was heard for "
         "findings.silent. Their clients have left without ending them, or are idle without "
         "a GET stream, which looks the same.",
         ""},
        [](const ServerVitals& server, Samples& out) {
          out.Gauge({}, static_cast<double>(server.sessions.abandoned));
        }},
    ServerMetric{
        {"mcp_sse_idle_cut_seconds", MetricType::Gauge,
         "The silence after which event streams end again and again, not by their server: an "
         "idle timer on the way. Absent while there is no such pattern (at least 5 of the "
         "last 32 that ended so within an hour, and half of them, within 5 %).",
         ""},
        [](const ServerVitals& server, Samples& out) {
          if (server.idle_cut_seconds) out.Gauge({}, *server.idle_cut_seconds);
        }},
    ServerMetric{
        {"mcp_new_errors_total", MetricType::Counter,
         "Operations that failed as none of their method and tool had failed before, since "
         "the start of this program.",
         ""},
        CollectCounter<&ServerVitals::new_errors>},
    ServerMetric{{"mcp_access_log_lines_lost_total", MetricType::Counter,
                  "Lines of the access log that came faster than they could be written.", ""},
                 CollectCounter<&ServerVitals::lost_log_lines>},
    ServerMetric{
        {"mcp_queue_depth", MetricType::Gauge,
         "Requests that wait for their turn, since as many operations are in flight as may "
         "be.",
         ""},
        CollectGauge<&ServerVitals::queued_requests>},
    ServerMetric{
        {"mcp_limits_hit_total", MetricType::Counter,
         "How often a limit of the proxy was reached: connections (one was closed at once), "
         "slow_request (408), slow_reader (cut), slow_server (did not take a request, 504), "
         "queue_full and queue_timeout (503), tool_timeout (504, or cut), stream_idle (closed), "
         "sessions (one that opened was not followed), series (an operation was counted as "
         "_OTHER), operations "
         "(one was not followed, with 1,000 in its session).",
         "limit"},
        CollectLimits},
    ServerMetric{{"mcp_drain_cut_total", MetricType::Counter,
                  "Exchanges of any kind (streams, calls, other requests, upgraded connections; "
                  "our own probes too) that were still under way when proxy.drain.timeout was "
                  "over, and were cut.",
                  ""},
                 CollectCounter<&ServerVitals::cut_by_drain>},
};

}  // namespace

std::span<const ServerMetric> ServerMetrics() { return kServerMetrics; }

}  // namespace mcp_vitals::exporter
