#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "net/url.h"
#include "probe/prober.h"
#include "tests/probe/scripted_server.h"
#include "tests/support/run.h"

namespace mcp_vitals::vitals {

inline void PrintTo(const ProbeResult& result, std::ostream* out) {
  *out << "the result of " << result.url;
}

}  // namespace mcp_vitals::vitals

namespace mcp_vitals::probe {

using vitals::Phase;
using vitals::ProbeResult;
using vitals::Reason;

// Probes scripted servers; the prober, and so its cache, lives as long as the test.
class ProbeFixture : public testing::Test {
 protected:
  static constexpr std::chrono::milliseconds kEnough{10'000};  // never waited for
  static constexpr std::chrono::milliseconds kShort{300};      // waited for in full

  ProbeFixture() { prober_.client_version = "0.0.0"; }

  static Target At(const std::string& url) {
    Target target;
    target.name = "test";
    target.url = *net::ParseUrl(url);
    return target;
  }
  static Target At(const ScriptedServer& server, std::string_view path = "/mcp") {
    return At(server.Url(path));
  }
  static Target Pinned(Target target, mcp::Version version) {
    target.protocol = version;
    return target;
  }

  ProbeResult Probe(Target target, std::chrono::milliseconds timeout = kEnough) {
    auto result = support::Await(
        context_,
        probe::Probe(prober_, std::make_shared<const Target>(target), support::In(timeout)));
    EXPECT_EQ(result.success, !result.reason);
    EXPECT_EQ(result.reason.has_value(), result.phase.has_value());
    return result;
  }

  net::asio::io_context context_{1};
  Prober prober_;
};

// Names in the failure message what else was seen.
MATCHER(Succeeded, "") {
  if (!arg.success) {
    *result_listener << ToString(*arg.reason) << " in " << ToString(*arg.phase) << ": "
                     << arg.detail;
  }
  return arg.success;
}
MATCHER_P2(FailedWith, reason, phase,
           std::string(ToString(reason)) + " in " + std::string(ToString(phase))) {
  if (arg.success) {
    *result_listener << "it succeeded";
    return false;
  }
  *result_listener << ToString(*arg.reason) << " in " << ToString(*arg.phase) << ": " << arg.detail;
  return arg.reason == reason && arg.phase == phase;
}

}  // namespace mcp_vitals::probe
