#pragma once

#include <string>
#include <utility>

#include "exporter/http.h"

namespace mcp_vitals::exporter {

inline Response Answer(int status, std::string body = "") {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace mcp_vitals::exporter
