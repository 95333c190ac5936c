#include "app/json_out.h"

#include <array>
#include <charconv>

#include "mcp/json_writer.h"

namespace mcp_vitals::app {

void JsonOut::Separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonOut& JsonOut::Key(std::string_view name) {
  Separate();
  mcp::AppendJsonString(out_, name);
  out_ += ':';
  first_ = true;  // no comma before the value
  return *this;
}

void JsonOut::Open(char bracket) {
  Separate();
  out_ += bracket;
  first_ = true;
}

void JsonOut::Close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void JsonOut::String(std::string_view text) {
  Separate();
  mcp::AppendJsonString(out_, text);
}

void JsonOut::StringOrNull(std::string_view text) { text.empty() ? Null() : String(text); }

void JsonOut::Number(double number) {
  Separate();
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out_.append(text.data(), end);
}

void JsonOut::Integer(long long number) {
  Separate();
  out_ += std::to_string(number);
}

void JsonOut::Boolean(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void JsonOut::Null() {
  Separate();
  out_ += "null";
}

}  // namespace mcp_vitals::app
