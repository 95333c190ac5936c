#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mcp/json_numbers.h"
#include "mcp/json_pointer.h"
#include "probe/saturation_reader.h"
#include "probe/saturation_source.h"
#include "probe/text_format.h"
#include "tests/fuzz/require.h"

// What is read of a scrape, written again, reads as the same; line by line it is what the whole
// gives. No answer of a server gives a figure that cannot be.
namespace mcp_vitals::probe {
namespace {

using fuzz::Require;

std::string SeriesOf(const TextSample& sample) {
  std::string out(sample.name);
  out += '{';
  for (const auto& [name, value] : sample.labels) {
    out += name;
    out += "=\"";
    for (const char c : value) {
      if (c == '\n') {
        out += "\\n";
      } else {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
    }
    out += "\",";
  }
  return out + '}';
}

std::string Written(const TextSample& sample) {
  char number[40];
  std::snprintf(number, sizeof number, " %.17g\n", sample.value);
  return SeriesOf(sample) + (std::isnan(sample.value) ? " NaN\n" : number);
}

// Every sample, and the number of the line that ended the reading (0: none).
std::pair<std::vector<std::string>, std::size_t> Read(std::string_view text) {
  std::vector<std::string> samples;
  const auto bad = ReadTextFormat(text, [&samples](const TextSample& sample) {
    Require(!sample.name.empty() && sample.labels.size() <= 128, "a sample is bounded");
    samples.push_back(Written(sample));
    const auto selector = ParseSelector(SeriesOf(sample));
    Require(selector && selector->Matches(sample), "a series selects itself");
  });
  return {std::move(samples), bad ? bad->number : 0};
}

void CheckLines(std::string_view text) {
  const auto [samples, bad] = Read(text);
  std::string written;
  for (const std::string& sample : samples) written += sample;
  Require(Read(written) == std::pair(samples, std::size_t{0}), "what is written reads the same");

  std::vector<std::string> one_by_one;
  std::size_t number = 0, first_bad = 0;
  while (!text.empty() && first_bad == 0) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    ++number;
    const auto [of_line, bad_line] = Read(line.empty() ? text : line);
    one_by_one.insert(one_by_one.end(), of_line.begin(), of_line.end());
    if (bad_line != 0) first_bad = number;
    text.remove_prefix(line.empty() ? text.size() : line.size());
  }
  Require(one_by_one == samples && first_bad == bad, "lines do not depend on each other");
}

// One reading for all pointers finds what a reading for each does.
void CheckNumbers(std::string_view document) {
  const std::vector<std::string> pointers = {"/a", "/a/b", "/0", "/0/a", "/a/1", "/"};
  const auto numbers = mcp::FindJsonNumbers(document, pointers);
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    const auto found = mcp::FindJson(document, pointers[i]);
    Require(found.has_value() == numbers.has_value(), "both can read it, or neither");
    if (!found || !*found || (*found)->scalar.size() == std::size_t{64} << 10) continue;
    const bool is_number = (*found)->type == mcp::JsonType::kNumber;
    Require(!(*numbers)[i] || is_number, "what is found is a number");
    Require(!is_number || !(*numbers)[i] ||
                *(*numbers)[i] == std::strtod((*found)->scalar.c_str(), nullptr),
            "it is the same number");
  }
}

void CheckFigures(std::string_view answer) {
  SaturationSource source;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    source.places[i] = {ParseSelector("a"), "/a", 1};
  }
  for (const FiguresFormat format : {FiguresFormat::kPrometheus, FiguresFormat::kJson}) {
    const auto fetched = ReadSaturation(source, format, answer);
    const auto* figures = std::get_if<vitals::Saturation>(&fetched);
    if (figures == nullptr) continue;
    for (const Figure& figure : kFigures) {
      const double value = (figures->*figure.value).value_or(0);
      Require(std::isfinite(value) && value >= 0, "a figure is a number from 0");
      Require(figure.unit != FigureUnit::kShare || value <= 1, "a share is at most 1");
    }
    for (const auto& ratio : {figures->PoolRatio(), figures->HeapRatio()}) {
      Require(!ratio || (*ratio >= 0 && *ratio <= 1), "a ratio is from 0 to 1");
    }
  }
}

}  // namespace
}  // namespace mcp_vitals::probe

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mcp_vitals::probe::CheckLines(text);
  mcp_vitals::probe::CheckNumbers(text);
  mcp_vitals::probe::CheckFigures(text);
  return 0;
}
