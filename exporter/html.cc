#include "exporter/html.h"

#include "exporter/http.h"

namespace mcp_vitals::exporter {

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : CleanUtf8(text, 1024)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace mcp_vitals::exporter
