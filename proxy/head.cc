#include "proxy/head.h"

#include <algorithm>

namespace mcp_vitals::proxy {

namespace http = boost::beast::http;

namespace {
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
}  // namespace

bool EqualNames(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Head::Find(http::field id) const {
  for (const Field& field : fields) {
    if (field.id == id) return field.value;
  }
  return {};
}

std::string_view Head::Find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.id == http::field::unknown && EqualNames(field.name, name)) return field.value;
  }
  return {};
}

}  // namespace mcp_vitals::proxy
