#include "tests/app/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>

extern char** environ;

namespace mcp_vitals::app {

namespace {

constexpr int kPatience = 30'000;  // ms without a byte

std::vector<std::string> Environment(const std::vector<std::string>& changes) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    bool kept = true;
    for (const std::string& change : changes) {
      kept = kept && text.substr(0, text.find('=')) != change.substr(0, change.find('='));
    }
    if (kept) result.push_back(text);
  }
  for (const std::string& change : changes) {
    if (change.find('=') != std::string::npos) result.push_back(change);
  }
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// False at the end.
bool Drain(int& fd, std::string& into) {
  std::array<char, 65'536> buffer;
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  ::close(fd);
  fd = -1;
  return false;
}

}  // namespace

Program::Program(std::vector<std::string> command, std::vector<std::string> environment) {
  int out[2];
  int err[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::vector<std::string> variables = Environment(environment);
  const int failed = ::posix_spawn(&pid_, command.front().c_str(), &actions, nullptr,
                                   Pointers(command).data(), Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  out_fd_ = out[0];
  err_fd_ = err[0];
  if (failed != 0) throw std::runtime_error("cannot start " + command.front());
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_fd_ >= 0) ::close(out_fd_);
  if (err_fd_ >= 0) ::close(err_fd_);
}

bool Program::ReadSome() {
  std::array<pollfd, 2> fds = {{{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}}};
  if (out_fd_ < 0 && err_fd_ < 0) return false;
  if (::poll(fds.data(), fds.size(), kPatience) <= 0) return false;
  if (fds[0].revents != 0) Drain(out_fd_, out_);
  if (fds[1].revents != 0) Drain(err_fd_, err_);
  return true;
}

bool Program::WaitFor(const std::string& text) {
  bool found = false;
  do {
    found = out_.find(text) != std::string::npos || err_.find(text) != std::string::npos;
  } while (!found && ReadSome());
  return found;
}

void Program::Signal(int signal) const { ::kill(pid_, signal); }

int Program::Wait() {
  while (ReadSome()) {
  }
  if (out_fd_ >= 0 || err_fd_ >= 0) ::kill(pid_, SIGKILL);  // it hangs
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace mcp_vitals::app
