#include "proxy/request_reader.h"

namespace mcp_vitals::proxy {

Malformed RequestReader::TakeHead(std::string_view& bytes, Head& head) {
  // Some clients end a body with an empty line that no length counts.
  while (bytes.starts_with("\r\n")) {
    bytes.remove_prefix(2);
    scanned_ = 0;
  }
  Malformed wrong = Malformed::kNot;
  if (bytes.empty()) return wrong;
  begun_ = true;
  const std::size_t size = HeadEnd(bytes, scanned_, true, limits_, wrong);
  if (size == 0) {
    scanned_ = bytes.size();
    return wrong;
  }
  parser_.emplace(limits_, false);
  wrong = parser_->ReadHead(bytes.substr(0, size), head);
  if (wrong != Malformed::kNot) return wrong;
  framing_ = parser_->framing();
  bytes.remove_prefix(size);
  return wrong;
}

Malformed RequestReader::TakeBody(std::string_view& bytes, BodyListener& listener,
                                  std::string& out) {
  if (parser_->complete()) return Malformed::kNot;
  std::size_t used = 0;
  const Malformed wrong = parser_->ReadBody(bytes, framing_, listener, out, used);
  bytes.remove_prefix(used);
  return wrong;
}

void RequestReader::Reset() {
  parser_.reset();
  begun_ = false;
  scanned_ = 0;
}

}  // namespace mcp_vitals::proxy
