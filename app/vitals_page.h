#pragma once

#include "app/member.h"
#include "exporter/http.h"

namespace mcp_vitals::app {

// `/vitals`: what a fleet's scaler pulls each second, as Protobuf (vitals/snapshot.proto) or, with
// `?format=json`, as JSON. Who asks for the fleet `?fleet=NAME` may leave a small state of its own
// with the header Mcp-Vitals-Echo (base64), and gets what was left there before. 404 where nothing
// is seen from inside, 503 while it is not known; 400 for what is wrong with the request.
// `member` outlives it.
exporter::Handler VitalsPage(Member& member);

}  // namespace mcp_vitals::app
