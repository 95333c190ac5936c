#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scaler/policy.h"

namespace mcp_vitals::scaler {

// What a policy says, in the words of a trigger's metadata, without fleet and metric: what is not
// said there too. Two policies that differ have texts that differ.
std::vector<std::pair<std::string, std::string>> TextOf(const Policy& policy);

// By what a trigger differs from one that says nothing but the same fleet and metric, for which
// `defaults` hold: "connectionsPerPod=20 kinds=sse", "" where it does not differ. Of printable
// ASCII, and at most 100 bytes; triggers of one fleet and metric that differ have names that do.
std::string NameOf(const Policy& policy, const Metadata& defaults);

}  // namespace mcp_vitals::scaler
