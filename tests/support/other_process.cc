#include "tests/support/other_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

extern char** environ;

namespace mcp_vitals::support {

OtherProcess::OtherProcess(const std::string& address, std::uint16_t port) {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe can be had");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  // bash connects by itself, where a file has such a name.
  std::string shell = "/bin/bash", flag = "-c";
  std::string script = "exec 3<>/dev/tcp/" + address + "/" + std::to_string(port) +
                       " && echo connected && read -r forever";
  char* const arguments[] = {shell.data(), flag.data(), script.data(), nullptr};
  const int error = ::posix_spawn(&pid_, shell.c_str(), &actions, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  stdin_ = in[1];
  char byte = 0;
  const bool connected = error == 0 && ::read(out[0], &byte, 1) == 1;
  ::close(out[0]);
  if (connected) return;
  if (error == 0) End();
  throw std::runtime_error("the other process could not connect");
}

OtherProcess::~OtherProcess() { End(); }

void OtherProcess::End() const {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(stdin_);
}

}  // namespace mcp_vitals::support
