#pragma once

namespace mcp_vitals::app {

// The whole command line. Returns the exit code: 0 good, 1 what was examined is not good, 2 wrong
// usage or configuration.
int RunCommandLine(int argc, const char* const* argv);

}  // namespace mcp_vitals::app
