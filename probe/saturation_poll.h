#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "probe/saturation_source.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::probe {

// Asks one server for its own figures at every interval, never twice at once. Lives on one
// io_context's thread: every member is called there, and so are the callbacks.
class SaturationPoll {
 public:
  using OnFetched = std::function<void(const SaturationSource&, const vitals::Fetched&)>;
  SaturationPoll(boost::asio::io_context& context, std::string user_agent, OnFetched on_fetched);
  // A fetch under way ends by itself, unreported.
  ~SaturationPoll();
  SaturationPoll(const SaturationPoll&) = delete;
  SaturationPoll& operator=(const SaturationPoll&) = delete;

  // From now on this source, at once, or none (null). A fetch under way from the one before is
  // ended, unreported.
  void Configure(std::shared_ptr<const SaturationSource> source);
  // No more fetches; calls `done` once the one under way has ended, which is at once. Final.
  void Stop(std::function<void()> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::probe
