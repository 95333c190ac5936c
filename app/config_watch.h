#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "net/async.h"

namespace mcp_vitals::app {

// Tells when one of a set of files has changed, by inotify on their folders: so it sees a file
// written in place, one renamed over it, and Kubernetes' swap of the link `..data`. Events are
// gathered for 100 ms. Where inotify fails, nothing is told. One thread: its io_context's.
class ConfigWatch {
 public:
  ConfigWatch(boost::asio::io_context& context, std::function<void()> on_change);
  ConfigWatch(const ConfigWatch&) = delete;
  ConfigWatch& operator=(const ConfigWatch&) = delete;

  // What the files are now counts as known; call it before they are read.
  void Refresh();
  // Watches exactly these. Those that were watched before keep what is known of them.
  void Watch(const std::vector<std::string>& files);
  void Stop();

 private:
  // Whatever identifies a file's content short of reading it; zeros for one that is not there.
  using Stamp = std::array<std::int64_t, 5>;
  static Stamp StampOf(const std::string& file);

  void AddFolders(const std::string& file);
  void WaitForEvent();
  void Check();

  net::Timer gather_;
  boost::asio::posix::basic_stream_descriptor<net::Executor> inotify_;
  std::function<void()> on_change_;
  std::map<std::string, Stamp> files_;
  std::array<char, 4096> buffer_{};
};

}  // namespace mcp_vitals::app
