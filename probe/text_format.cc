#include "probe/text_format.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>

namespace mcp_vitals::probe {

namespace {

constexpr std::size_t kMaxLabels = 128;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// A line read from its beginning. Every function takes what it names, or says no.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  void Blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool AtEnd() const { return rest_.empty(); }
  bool Is(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool Take(char c) {
    if (!Is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "" if there is none. A metric's name may hold colons, a label's may not.
  std::string_view Name(bool colons) {
    const auto allowed = [colons](char c) { return IsNameStart(c) || (colons && c == ':'); };
    std::size_t size = 0;
    while (size < rest_.size() && (allowed(rest_[size]) || (size > 0 && IsDigit(rest_[size])))) {
      ++size;
    }
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  std::string_view Word() {
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_.remove_prefix(word.size());
    return word;
  }

  // Between quotes: \\, \" and \n stand for one character each; other backslashes for themselves.
  bool Quoted(std::string& value) {
    if (!Take('"')) return false;
    value.clear();
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      const char next = rest_[i] == '\\' && i + 1 < rest_.size() ? rest_[i + 1] : '\0';
      if (next == '\\' || next == '"' || next == 'n') {
        value += next == 'n' ? '\n' : next;
        ++i;
      } else {
        value += rest_[i];
      }
    }
    return false;
  }

 private:
  std::string_view rest_;
};

// As Go's ParseFloat reads decimal numbers, which the format refers to.
std::optional<double> ParseValue(std::string_view word) {
  if (word.starts_with('+')) {
    word.remove_prefix(1);
    if (word.starts_with('-')) return std::nullopt;
  }
  if (word.empty() || word.back() == ')') return std::nullopt;  // from_chars reads "nan(…)"
  double value = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::quiet_NaN();
  if (error != std::errc{}) return std::nullopt;
  return value;
}

bool IsTimestamp(std::string_view word) {
  std::int64_t milliseconds = 0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), milliseconds);
  return error == std::errc{} && stop == word.data() + word.size();
}

// What stands between braces, the first of which has been taken. "" when it could be read.
std::string_view ReadLabels(LineReader& line, TextSample& sample) {
  std::size_t count = 0;
  for (line.Blanks(); !line.Take('}'); line.Blanks()) {
    if (count == kMaxLabels) return "more than 128 labels";
    if (count == sample.labels.size()) sample.labels.emplace_back();
    auto& [name, value] = sample.labels[count++];
    name = line.Name(false);
    if (name.empty()) return "no label name where one should be";
    line.Blanks();
    if (!line.Take('=')) return "no = behind a label name";
    line.Blanks();
    if (!line.Quoted(value)) return "a label value is not in quotes, or does not end";
    line.Blanks();
    if (!line.Take(',') && !line.Is('}')) return "neither , nor } behind a label";
  }
  sample.labels.resize(count);
  return {};
}

std::string_view ReadSeries(LineReader& line, TextSample& sample) {
  sample.name = line.Name(true);
  if (sample.name.empty()) return "no metric name at the beginning";
  line.Blanks();
  if (line.Take('{')) return ReadLabels(line, sample);
  sample.labels.clear();
  return {};
}

std::string_view ReadSample(std::string_view text, TextSample& sample) {
  LineReader line(text);
  if (const auto why = ReadSeries(line, sample); !why.empty()) return why;
  line.Blanks();
  const auto value = ParseValue(line.Word());
  if (!value) return "no number where the value should be";
  sample.value = *value;
  line.Blanks();
  if (line.AtEnd()) return {};
  if (!IsTimestamp(line.Word())) return "no timestamp behind the value";
  line.Blanks();
  return line.AtEnd() ? std::string_view() : "more behind the timestamp";
}

}  // namespace

std::optional<BadLine> ReadTextFormat(std::string_view text,
                                      const std::function<void(const TextSample&)>& on_sample) {
  TextSample sample;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return BadLine{number, "the line does not end"};
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::string_view why = ReadSample(line, sample);
    if (!why.empty()) return BadLine{number, why};
    on_sample(sample);
  }
  return std::nullopt;
}

bool SeriesSelector::Matches(const TextSample& sample) const {
  if (sample.name != name) return false;
  return std::all_of(labels.begin(), labels.end(), [&sample](const auto& wanted) {
    return std::any_of(sample.labels.begin(), sample.labels.end(), [&wanted](const auto& label) {
      return label.first == wanted.first && label.second == wanted.second;
    });
  });
}

std::optional<SeriesSelector> ParseSelector(std::string_view text) {
  LineReader line(text);
  TextSample series;
  line.Blanks();
  if (!ReadSeries(line, series).empty()) return std::nullopt;
  line.Blanks();
  if (!line.AtEnd()) return std::nullopt;
  SeriesSelector selector{std::string(series.name), {}};
  for (auto& [name, value] : series.labels) {
    selector.labels.emplace_back(std::string(name), std::move(value));
  }
  return selector;
}

}  // namespace mcp_vitals::probe
