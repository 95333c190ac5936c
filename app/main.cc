#include <cstdio>
#include <exception>

#include "app/cli.h"

int main(int argc, char** argv) {
  int status = 2;
  try {
    status = mcp_vitals::app::RunCommandLine(argc, argv);
  } catch (const std::exception& error) {
    // Such as: no file descriptor is left for an event loop.
    std::fprintf(stderr, "mcp-vitals: cannot go on: %s\n", error.what());
    return 2;
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr, "mcp-vitals: cannot write to standard output\n");
  return 2;
}
