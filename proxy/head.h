#pragma once

#include <boost/beast/http/field.hpp>
#include <string_view>
#include <vector>

namespace mcp_vitals::proxy {

struct Field {
  boost::beast::http::field id;  // unknown for what Beast has no name for
  std::string_view name;         // as sent
  std::string_view value;
};

// A request's or an answer's head: views into the bytes that it was read from.
struct Head {
  std::string_view method, target;  // of a request
  int status = 0;                   // of an answer
  std::string_view reason;
  bool is_http11 = false;
  std::vector<Field> fields;

  // The value of the first field of that name; "" if there is none.
  std::string_view Find(boost::beast::http::field id) const;
  std::string_view Find(std::string_view name) const;  // for names that Beast does not know
};

// ASCII case does not matter.
bool EqualNames(std::string_view a, std::string_view b);

}  // namespace mcp_vitals::proxy
