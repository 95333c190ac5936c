#include "probe/saturation_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "mcp/json_numbers.h"

namespace mcp_vitals::probe {

namespace {

using vitals::FetchError;
using vitals::FetchFailure;
using vitals::Saturation;

// A number that the figure can have.
void Set(const Figure& figure, double value, Saturation& into) {
  const bool possible = std::isfinite(value) && value >= 0;
  if (!possible || (figure.unit == FigureUnit::kShare && value > 1)) return;
  into.*figure.value = value;
}

vitals::Fetched ReadJsonFigures(const SaturationSource& source, std::string_view answer) {
  std::array<std::string, kFigures.size()> pointers;
  for (std::size_t i = 0; i < kFigures.size(); ++i) pointers[i] = source.places[i].pointer;
  const auto numbers = mcp::FindJsonNumbers(answer, pointers);
  if (!numbers) return FetchFailure{FetchError::kMalformed, "the answer is no JSON"};
  Saturation figures;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    const auto& number = (*numbers)[i];
    if (number) Set(kFigures[i], *number * source.places[i].scale, figures);
  }
  return figures;
}

vitals::Fetched ReadPrometheusFigures(const SaturationSource& source, std::string_view answer) {
  std::array<std::optional<double>, kFigures.size()> values;
  const auto bad = ReadTextFormat(answer, [&](const TextSample& sample) {
    for (std::size_t i = 0; i < kFigures.size(); ++i) {
      if (!source.places[i].metric || !source.places[i].metric->Matches(sample)) continue;
      const bool is_share = kFigures[i].unit == FigureUnit::kShare;
      const double before = values[i].value_or(0);
      // A NaN among several makes the sum one: the whole is not known then. `max` would lose it.
      const bool unknown = std::isnan(before) || std::isnan(sample.value);
      values[i] = is_share && !unknown ? std::max(before, sample.value) : before + sample.value;
    }
  });
  if (bad) {
    return FetchFailure{FetchError::kMalformed,
                        "line " + std::to_string(bad->number) +
                            " is not in Prometheus' text format: " + std::string(bad->why)};
  }
  Saturation figures;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    if (values[i]) Set(kFigures[i], *values[i], figures);
  }
  return figures;
}

}  // namespace

vitals::Fetched ReadSaturation(const SaturationSource& source, FiguresFormat format,
                               std::string_view answer) {
  vitals::Fetched fetched = format == FiguresFormat::kJson ? ReadJsonFigures(source, answer)
                                                           : ReadPrometheusFigures(source, answer);
  const auto* figures = std::get_if<Saturation>(&fetched);
  if (figures == nullptr) return fetched;
  const bool any = std::any_of(kFigures.begin(), kFigures.end(), [figures](const Figure& figure) {
    return (figures->*figure.value).has_value();
  });
  if (any) return fetched;
  return FetchFailure{FetchError::kNoFigures,
                      "the answer holds none of the figures that are looked for"};
}

}  // namespace mcp_vitals::probe
