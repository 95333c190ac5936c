#include "exporter/health.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace mcp_vitals::exporter {

namespace {

// One pulse and its outstanding ping. Shared with the ping's `done`, which may come after everybody
// else has gone.
struct Beat {
  std::mutex mutex;
  std::condition_variable answered;
  bool outstanding = false;
  std::uint64_t answers = 0;
};

struct Watched {
  Pulse pulse;
  std::shared_ptr<Beat> beat = std::make_shared<Beat>();
};

// Starts a ping unless one is outstanding (which then stands for all that wait), and says how many
// answers there must be for this one to have come.
std::uint64_t Ping(const Watched& watched) {
  const auto beat = watched.beat;
  {
    const std::lock_guard lock(beat->mutex);
    if (beat->outstanding) return beat->answers + 1;
    beat->outstanding = true;
  }
  watched.pulse.ping([beat] {
    const std::lock_guard lock(beat->mutex);
    beat->outstanding = false;
    ++beat->answers;
    beat->answered.notify_all();
  });
  const std::lock_guard lock(beat->mutex);
  return beat->outstanding ? beat->answers + 1 : beat->answers;
}

bool Answered(Beat& beat, std::uint64_t wanted, std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(beat.mutex);
  return beat.answered.wait_until(lock, until, [&] { return beat.answers >= wanted; });
}

}  // namespace

Handler HealthyHandler(std::vector<Pulse> pulses, std::chrono::milliseconds timeout) {
  std::vector<Watched> watched;
  watched.reserve(pulses.size());
  for (Pulse& pulse : pulses) watched.push_back({std::move(pulse)});
  return [watched = std::move(watched), timeout](const Request&) {
    const auto until = std::chrono::steady_clock::now() + timeout;
    std::vector<std::uint64_t> wanted;
    for (const Watched& one : watched) wanted.push_back(Ping(one));
    std::string silent;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (Answered(*watched[i].beat, wanted[i], until)) continue;
      silent += (silent.empty() ? "" : ", ") + watched[i].pulse.name;
    }
    Response response;
    response.status = silent.empty() ? 200 : 503;
    response.body = silent.empty() ? "healthy\n" : "no answer from: " + silent + "\n";
    return response;
  };
}

Handler ReadyHandler(std::vector<ReadyCheck> checks) {
  return [checks = std::move(checks)](const Request&) {
    bool ready = true;
    std::string list;
    for (const ReadyCheck& check : checks) {
      const ReadyCheck::Verdict verdict = check.ask();
      ready = ready && verdict.ready;
      list += std::string(list.empty() ? "" : ",") + "{\"name\":" + JsonQuote(check.name) +
              ",\"ready\":" + (verdict.ready ? "true" : "false") +
              ",\"why\":" + JsonQuote(verdict.why) + "}";
    }
    Response response;
    response.status = ready ? 200 : 503;
    response.content_type = "application/json";
    response.body =
        std::string("{\"ready\":") + (ready ? "true" : "false") + ",\"checks\":[" + list + "]}\n";
    return response;
  };
}

}  // namespace mcp_vitals::exporter
