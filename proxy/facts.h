#pragma once

#include "proxy/head.h"
#include "proxy/observation.h"
#include "proxy/observer.h"

namespace mcp_vitals::proxy {

// What the heads say of MCP; valid as long as the heads.
RequestFacts RequestFactsOf(const Head& head);
AnswerFacts AnswerFactsOf(const Head& head);

}  // namespace mcp_vitals::proxy
