#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "app/sample_stream.h"

namespace mcp_vitals::app {

// What the sample server answers to one HTTP request.
struct SampleAnswer {
  int status = 200;
  std::string_view content_type;  // "" without a body
  std::string body;
  std::string session;                   // issued with this answer
  std::string_view allow;                // of a 405
  std::shared_ptr<SampleStream> stream;  // the body is this instead, as it comes
};

SampleAnswer StatusAnswer(int status);
SampleAnswer PlainAnswer(int status, std::string_view text);
SampleAnswer NotAllowedAnswer(std::string_view allow);
// `id_json` is "" for a request that has none or could not be read; `data` is JSON.
SampleAnswer ErrorAnswer(int status, std::string_view id_json, std::int64_t code,
                         std::string_view message, std::string_view data = "");

}  // namespace mcp_vitals::app
