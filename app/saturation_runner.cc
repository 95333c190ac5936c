#include "app/saturation_runner.h"

#include <string>
#include <utility>

#include "app/values.h"
#include "app/version.h"

namespace mcp_vitals::app {

SaturationRunner::SaturationRunner(Loop& loop, const Log& log)
    : loop_(loop),
      log_(log),
      poll_(loop.context(), std::string("mcp-vitals/") + kVersion,
            [this](const probe::SaturationSource& source, const vitals::Fetched& fetched) {
              Saw(source, fetched);
            }) {}

void SaturationRunner::Configure(const Config& config) {
  const auto& source = config.saturation;
  vitals_.Configure(source ? source->endpoint() : "", source ? source->limit : std::nullopt);
  loop_.Post([this, source] { poll_.Configure(source); });
}

void SaturationRunner::Saw(const probe::SaturationSource& source, const vitals::Fetched& fetched) {
  vitals_.Record(source.endpoint(), fetched);
  const auto* failure = std::get_if<vitals::FetchFailure>(&fetched);
  const std::string state(failure == nullptr ? "good" : ToString(failure->error));
  const std::string before = std::exchange(state_, state);
  if (state == before) return;
  const std::string url = PublicUrl(source.target.url.ToString());
  if (failure != nullptr) {
    return log_.Warn("the server's own figures are not to be had",
                     {{"url", url}, {"reason", state}, {"detail", failure->detail}});
  }
  log_.Info(before.empty() ? "the server's own figures are read"
                           : "the server's own figures are read again",
            {{"url", url}});
}

}  // namespace mcp_vitals::app
