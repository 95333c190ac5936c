#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "app/sample_server.h"
#include "app/sidecar.h"
#include "tests/app/http.h"
#include "tests/app/log_capture.h"
#include "tests/support/certificates.h"

namespace mcp_vitals::app {

// A sidecar on free ports, its configuration in a folder of its own, and a sample server to probe.
class SidecarFixture : public testing::Test {
 protected:
  // The file's text: `probe` is the section of that name, `rest` further ones.
  std::string Yaml(const std::string& probe, const std::string& rest = "") const {
    return "http: {listen: '127.0.0.1:0'}\nadmin: {listen: 'unix:" + Socket() + "'}\n" +
           "probe:\n  interval: 60s\n" + probe + rest;
  }
  // One healthy target.
  std::string Targets(const std::string& name = "a") const {
    return "  targets:\n    - {name: " + name + ", url: '" + server_->url() + "'}\n";
  }
  std::string Socket() const { return dir_.path() + "/admin.sock"; }
  std::string File() const { return dir_.path() + "/mcp-vitals.yml"; }

  void Start(const std::string& yaml) {
    dir_.Write("mcp-vitals.yml", yaml);
    const LoadedConfig loaded = LoadConfig(File());
    ASSERT_THAT(loaded.errors, testing::IsEmpty());
    std::string error;
    sidecar_ = Sidecar::Start(loaded.config, capture_.log(), error);
    ASSERT_NE(sidecar_, nullptr) << error;
    const std::string url = sidecar_->url();
    port_ = static_cast<std::uint16_t>(std::atoi(url.substr(url.rfind(':') + 1).c_str()));
  }
  HttpAnswer Page(const std::string& target) const { return Get(port_, target); }
  std::string Metric(const std::string& sample) const {
    return Sample(Page("/metrics").body, sample);
  }
  // Asks until the sample has that value.
  bool BecomesEqual(const std::string& sample, const std::string& value) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (Metric(sample) != value) {
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }

  const support::TempDir dir_;
  LogCapture capture_;
  std::string error_;
  std::unique_ptr<SampleServer> server_ = SampleServer::Start({}, error_);
  std::unique_ptr<Sidecar> sidecar_;
  std::uint16_t port_ = 0;
};

}  // namespace mcp_vitals::app
