#include "app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace mcp_vitals::app {

namespace {

class File {
 public:
  // O_NONBLOCK: a FIFO must not hold up the program.
  explicit File(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Wrong CannotRead(const std::string& path, const std::string& why) {
  return Wrong{"cannot read " + path + ": " + why};
}

Wrong CannotRead(const std::string& path) {
  return CannotRead(path, std::generic_category().message(errno));
}

}  // namespace

Parsed<std::string> ReadFile(const std::string& path, std::size_t max_bytes) {
  const File file(path);
  struct stat status{};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0) return CannotRead(path);
  if (S_ISDIR(status.st_mode)) return CannotRead(path, "it is a directory");
  if (!S_ISREG(status.st_mode)) return CannotRead(path, "it is no regular file");
  const std::string too_large = "it is larger than " + std::to_string(max_bytes) + " bytes";
  if (static_cast<std::size_t>(status.st_size) > max_bytes) return CannotRead(path, too_large);
  std::string content;
  while (true) {  // its size may have changed since
    const std::size_t used = content.size();
    content.resize(used + 65'536);
    const ssize_t got = ::read(file.fd(), content.data() + used, 65'536);
    if (got < 0) return CannotRead(path);
    content.resize(used + static_cast<std::size_t>(got));
    if (got == 0) return content;
    if (content.size() > max_bytes) return CannotRead(path, too_large);
  }
}

std::string RelativeTo(const std::string& from_file, const std::string& path) {
  if (path.empty()) return path;
  return (std::filesystem::path(from_file).parent_path() / path).string();
}

}  // namespace mcp_vitals::app
