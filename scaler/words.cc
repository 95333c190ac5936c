#include "scaler/words.h"

#include <cmath>
#include <cstdio>

namespace mcp_vitals::scaler {

namespace {

constexpr std::size_t kMaxWord = 60;  // bytes

std::string Print(const char* format, double number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

// Not within a character of several bytes.
std::string Cut(const std::string& word) {
  if (word.size() <= kMaxWord) return word;
  std::size_t end = kMaxWord;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) --end;
  return word.substr(0, end) + "…";
}

}  // namespace

std::string Number(double number) {
  const bool is_whole = number == std::floor(number) || std::abs(number) >= 100;
  std::string text = Print(is_whole ? "%.0f" : std::abs(number) < 1 ? "%.3f" : "%.1f", number);
  if (!is_whole) text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string Percent(double share) {
  const double percent = 100 * share;
  const bool is_whole = percent >= 10 || std::abs(percent - std::round(percent)) < 0.05;
  return Print(is_whole ? "%.0f %%" : "%.1f %%", percent);
}

std::string Duration(Seconds duration) {
  const double seconds = duration.count();
  if (seconds < 1) return Number(seconds * 1000) + " ms";
  if (seconds < 120) return Number(seconds) + " s";
  if (seconds < 7200) return Number(seconds / 60) + " min";
  return Number(seconds / 3600) + " h";
}

std::string Age(Seconds age) {
  const double seconds = std::floor(age.count());
  if (seconds < 120) return Number(seconds) + " s";
  if (seconds < 7200) return Number(std::floor(seconds / 60)) + " min";
  return Number(seconds / 3600) + " h";
}

std::string Count(double number, std::string_view one) {
  return Number(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string List(const std::set<std::string>& words, std::size_t most) {
  std::string text;
  std::size_t told = 0;
  for (const std::string& word : words) {
    if (told == most) return text + " and " + std::to_string(words.size() - told) + " more";
    const bool is_last = ++told == words.size();
    if (!text.empty()) text += is_last ? " and " : ", ";
    text += Cut(word);
  }
  return text;
}

}  // namespace mcp_vitals::scaler
