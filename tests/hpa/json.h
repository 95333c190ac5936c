#pragma once

#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

// As much JSON as cases are made of.
namespace mcp_vitals::hpa {

// As it is read back.
inline std::string Json(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

// With three decimals, as KEDA prints it.
inline std::string Thousandths(double number) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%.3f", number);
  return {text, static_cast<std::size_t>(length)};
}

// `json` is the value.
inline std::string Member(const std::string& name, const std::string& json) {
  return "\"" + name + "\":" + json;
}

// "a,b,c"
inline std::string Joined(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ",") + one;
  return text;
}

inline std::string List(const std::vector<std::string>& all) { return "[" + Joined(all) + "]"; }
inline std::string Object(const std::vector<std::string>& members) {
  return "{" + Joined(members) + "}";
}

}  // namespace mcp_vitals::hpa
