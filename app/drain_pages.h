#pragma once

#include "app/proxy_runner.h"
#include "exporter/health.h"
#include "exporter/http.h"

namespace mcp_vitals::app {

// `POST /-/drain` of the admin listener: begins the drain, if it has not begun, and tells how far
// it is, as JSON. `proxy` (null: there is none) outlives it, here and below.
exporter::Handler DrainVerb(ProxyRunner* proxy);

// `/drain/wait`: answers when the server has been drained. It begins nothing. The kubelet runs the
// preStop hooks of all containers at once, so that this may come before the drain: it waits for one
// to begin for as long as one takes, and then for the end of that one; else it answers 503.
exporter::Handler DrainWait(ProxyRunner* proxy, proxy::DrainTimes times);

// Not while a drain is under way or over.
exporter::ReadyCheck NotDraining(ProxyRunner* proxy);

}  // namespace mcp_vitals::app
