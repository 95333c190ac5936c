#pragma once

#include <cstddef>
#include <cstdint>

namespace mcp_vitals::app {

// The memory that this process may use, in bytes: its cgroup's limit, or else the machine's.
std::uint64_t MemoryLimit();

// How many client connections a proxy may hold in `memory` bytes and with `descriptors` open files:
// half of the memory at what a proxied stream takes in the kernel and here, and two descriptors
// each beside those for all else.
std::size_t ConnectionsThatFit(std::uint64_t memory, std::uint64_t descriptors);

// The soft limit of open files, which RunCommand raises to the hard one at the start.
std::uint64_t DescriptorLimit();

}  // namespace mcp_vitals::app
