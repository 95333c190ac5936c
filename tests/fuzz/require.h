#pragma once

#include <cstdio>
#include <cstdlib>

namespace mcp_vitals::fuzz {

// An invariant of a fuzz target: broken, it ends the run, and the fuzzer keeps the input.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

}  // namespace mcp_vitals::fuzz
