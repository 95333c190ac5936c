#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace mcp_vitals::app {

// A program under test. Every wait is bounded by 30 s; what still runs at the end is killed.
class Program {
 public:
  // `environment`: "NAME=value", on top of this process' own; "NAME" alone takes it away.
  explicit Program(std::vector<std::string> command, std::vector<std::string> environment = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Reads until both streams together hold `text`; false if the program ended before.
  bool WaitFor(const std::string& text);
  void Signal(int signal) const;
  // Reads to the end; the exit code, or -1 if it was killed.
  int Wait();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }
  pid_t pid() const { return pid_; }

 private:
  bool ReadSome();

  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

}  // namespace mcp_vitals::app
