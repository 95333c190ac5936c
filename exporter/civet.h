#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/http.h"

namespace mcp_vitals::exporter {

// civetweb behind one door. It listens on a free port of 127.0.0.1 and serves only connections from
// kFrom that `is_ours` vouches for by their source port, so that nobody else on this machine can go
// around what stands in front of it. No files, no directories, no forms: every request goes to
// `serve`.
class Civet {
 public:
  using Write = std::function<void(const Response&)>;
  struct Options {
    int workers = 1;  // threads: requests served at once
    std::function<bool(std::uint16_t source_port)> is_ours;
    std::function<void(const Request&, const Write&)> serve;  // on a worker; calls Write once
    std::function<void(std::string_view)> log;                // from any thread
  };
  // Null on failure, with `error` saying why.
  static std::unique_ptr<Civet> Start(Options options, std::string& error);
  ~Civet();  // cuts what is under way; waits for handlers

  std::uint16_t port() const;

  static constexpr std::size_t kMaxHeadBytes = 16384;
  // An address of loopback of its own: a proxy may hold every local port of 127.0.0.1 towards its
  // server, and health must be told all the same.
  static constexpr const char* kFrom = "127.0.0.2";

 private:
  struct Impl;
  explicit Civet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::exporter
