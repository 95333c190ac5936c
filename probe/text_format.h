#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcp_vitals::probe {

// One line of a scrape. Views hold during the call only.
struct TextSample {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string>> labels;  // values without their escapes
  double value = 0;  // NaN too, and for a number that a double cannot hold
};

struct BadLine {
  std::size_t number = 0;  // from 1
  std::string_view why;
};

// Reads Prometheus' text format, version 0.0.4 (prometheus.io, "Exposition formats"), and calls
// `on_sample` for each sample in turn; nothing when all of it could be read. It is strict, since a
// line that is half understood is a wrong number: whoever cannot write one line is not believed in
// the others. A last line without its end may have been cut, and is refused. HELP and TYPE are
// comments here; timestamps are read over. Memory is that of one line, with 128 labels at most.
std::optional<BadLine> ReadTextFormat(std::string_view text,
                                      const std::function<void(const TextSample&)>& on_sample);

// Which series of a scrape are meant: those of a name that have these labels, and maybe others.
struct SeriesSelector {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;

  bool Matches(const TextSample& sample) const;
};

// `name`, or `name{label="value",…}` as it stands in a scrape; nothing for anything else.
std::optional<SeriesSelector> ParseSelector(std::string_view text);

}  // namespace mcp_vitals::probe
