#include "app/config_limits.h"

#include "app/room.h"

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kMany = 1'000'000;
constexpr Milliseconds kHour = std::chrono::hours(1);
constexpr Milliseconds kDay = std::chrono::hours(24);

std::optional<Milliseconds> OptionalDuration(Section& section, const std::string& key,
                                             Milliseconds max) {
  if (!section.Has(key)) return std::nullopt;
  return section.Duration(key, max, max);
}

std::optional<std::size_t> OptionalCount(Section& section, const std::string& key) {
  if (!section.Has(key)) return std::nullopt;
  return section.Count(key, 1, kMany);
}

void ReadAdmission(Section& section, proxy::Settings& settings) {
  proxy::Admission& admission = settings.admission;
  admission.max_in_flight = OptionalCount(section, "max_in_flight");
  admission.max_queue = section.Count("max_queue", admission.max_queue, kMany, 0);
  admission.queue_timeout = section.Duration("queue_timeout", admission.queue_timeout, kHour);
  section.EachNamed("tools", [&](const std::string& name, Section& item) {
    proxy::ToolLimits& tool = admission.tools[name];
    tool.timeout = OptionalDuration(item, "timeout", kDay);
    tool.max_in_flight = OptionalCount(item, "max_in_flight");
    if (!tool.timeout && !tool.max_in_flight) {
      item.Fail("", "limits nothing (allowed: timeout, max_in_flight or both)");
    }
    settings.observer.counted_tools.push_back(name);
    if (tool.timeout) settings.observer.tool_timeouts[name] = *tool.timeout;
  });
}

void ReadSizes(Section& section, proxy::Settings& settings) {
  constexpr std::size_t kMegabyte = std::size_t{1} << 20;
  proxy::MessageLimits& message = settings.message;
  message.start_line = section.Count("request_line_bytes", message.start_line, kMegabyte);
  message.head = section.Count("head_bytes", message.head, kMegabyte);
  message.fields = section.Count("head_fields", message.fields, 10'000);
  if (message.start_line > message.head) {
    section.Fail("request_line_bytes", "is more than head_bytes (allowed: at most as much)");
  }
  proxy::BodyBudget& bodies = settings.bodies;
  bodies.per_body = section.Count("inspected_body_bytes", bodies.per_body, 64 * kMegabyte);
  bodies.left = section.Count("inspected_bytes", bodies.left, 4096 * kMegabyte);
}

void ReadTimes(Section& section, proxy::Timeouts& times) {
  times.head = section.Duration("head_timeout", times.head, kHour);
  times.body = section.Duration("body_timeout", times.body, kHour);
  times.write = section.Duration("write_timeout", times.write, kHour);
  times.idle = section.Duration("idle_timeout", times.idle, kHour);
  times.connect = section.Duration("connect_timeout", times.connect, kHour);
  times.stream_idle = OptionalDuration(section, "stream_idle_timeout", kDay);
}

}  // namespace

void ReadLimits(Section& section, proxy::Settings& settings) {
  const std::size_t fits = ConnectionsThatFit(MemoryLimit(), DescriptorLimit());
  settings.max_connections = section.Count("max_connections", fits, kMany);
  ReadAdmission(section, settings);
  ReadSizes(section, settings);
  ReadTimes(section, settings.timeouts);
  proxy::ObserverOptions& observer = settings.observer;
  observer.max_sessions = section.Count("max_sessions", observer.max_sessions, 10 * kMany);
  observer.session_idle = section.Duration("session_idle", observer.session_idle, kDay);
  observer.resume_window = section.Duration("resume_window", observer.resume_window, kHour);
  observer.max_series = section.Count("max_series", observer.max_series, 100'000);
}

}  // namespace mcp_vitals::app
