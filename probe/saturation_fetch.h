#pragma once

#include <memory>
#include <string>

#include "net/async.h"
#include "probe/saturation_source.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::probe {

// Asks a server once for its own figures, by GET on a connection of its own, which is closed
// afterwards. Redirects are not followed. Ends by `deadline`; never throws for anything that a
// server does.
net::Task<vitals::Fetched> FetchSaturation(std::shared_ptr<const SaturationSource> source,
                                           std::string user_agent, net::Deadline deadline);

}  // namespace mcp_vitals::probe
