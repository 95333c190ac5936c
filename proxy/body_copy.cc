#include "proxy/body_copy.h"

namespace mcp_vitals::proxy {

void BodyCopy::Append(std::string_view bytes) {
  if (gave_up_) return;
  if (bytes.size() > budget_.left || bytes_.size() + bytes.size() > budget_.per_body) {
    Release();
    gave_up_ = true;
    return;
  }
  budget_.left -= bytes.size();
  bytes_ += bytes;
}

void BodyCopy::Release() {
  budget_.left += bytes_.size();
  bytes_ = std::string();
  gave_up_ = false;
}

}  // namespace mcp_vitals::proxy
