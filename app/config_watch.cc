#include "app/config_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <boost/asio/buffer.hpp>
#include <chrono>
#include <filesystem>
#include <utility>

namespace mcp_vitals::app {

namespace {

constexpr auto kGatherFor = std::chrono::milliseconds(100);
constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;

}  // namespace

ConfigWatch::ConfigWatch(boost::asio::io_context& context, std::function<void()> on_change)
    : gather_(context.get_executor()),
      inotify_(context.get_executor()),
      on_change_(std::move(on_change)) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return;
  inotify_.assign(fd);
  WaitForEvent();
}

ConfigWatch::Stamp ConfigWatch::StampOf(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
          status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void ConfigWatch::Refresh() {
  for (auto& [file, stamp] : files_) stamp = StampOf(file);
}

void ConfigWatch::Watch(const std::vector<std::string>& files) {
  std::map<std::string, Stamp> watched;
  for (const std::string& file : files) {
    const auto known = files_.find(file);
    watched.emplace(file, known != files_.end() ? known->second : StampOf(file));
    AddFolders(file);
  }
  files_ = std::move(watched);
}

// The folder of the file, and that of the file which it may be a link to. Folders are not forgotten
// when files are: an event too many costs a look at the files.
void ConfigWatch::AddFolders(const std::string& file) {
  if (!inotify_.is_open()) return;
  const auto add = [this](const std::filesystem::path& path) {
    const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    ::inotify_add_watch(inotify_.native_handle(), folder.c_str(), kEvents);
  };
  std::error_code error;
  add(file);
  const auto real = std::filesystem::canonical(file, error);
  if (!error) add(real);
}

void ConfigWatch::WaitForEvent() {
  inotify_.async_read_some(boost::asio::buffer(buffer_),
                           [this](const boost::system::error_code& error, std::size_t) {
                             if (error) return;
                             // Nothing more is read meanwhile: a busy folder costs one look at
                             // the files every 100 ms.
                             gather_.expires_after(kGatherFor);
                             gather_.async_wait([this](const boost::system::error_code& stopped) {
                               if (stopped) return;
                               Check();
                               WaitForEvent();
                             });
                           });
}

void ConfigWatch::Check() {
  bool changed = false;
  for (const auto& [file, stamp] : files_) changed = changed || StampOf(file) != stamp;
  if (changed) on_change_();
}

void ConfigWatch::Stop() {
  boost::system::error_code ignored;
  gather_.cancel();
  inotify_.close(ignored);
}

}  // namespace mcp_vitals::app
