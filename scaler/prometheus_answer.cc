#include "scaler/prometheus_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "mcp/json_reader.h"

namespace mcp_vitals::scaler {

namespace {

using mcp::JsonType;

// Where a value stands in the answer; what is not named here is passed over.
enum class Place {
  kOutside,
  kRoot,
  kData,      // data
  kResult,    // data.result
  kSeries,    // data.result[i]
  kLabels,    // data.result[i].metric
  kValue,     // data.result[i].value: [time, "number"]
  kWarnings,  // warnings
  kInfos,     // infos
  kOther,
};

struct Step {
  Place from;
  std::string_view key;  // "" of an array's elements
  JsonType type;
  Place to;
};
constexpr std::array kSteps = {
    Step{Place::kOutside, "", JsonType::kObject, Place::kRoot},
    Step{Place::kRoot, "data", JsonType::kObject, Place::kData},
    Step{Place::kRoot, "warnings", JsonType::kArray, Place::kWarnings},
    Step{Place::kRoot, "infos", JsonType::kArray, Place::kInfos},
    Step{Place::kData, "result", JsonType::kArray, Place::kResult},
    Step{Place::kResult, "", JsonType::kObject, Place::kSeries},
    Step{Place::kSeries, "metric", JsonType::kObject, Place::kLabels},
    Step{Place::kSeries, "value", JsonType::kArray, Place::kValue},
};

// Infos are remarks on the query, and seldom on the data: these words make the difference.
bool SaysPartial(const std::string& info) {
  return info.find("partial") != std::string::npos || info.find("ignored") != std::string::npos;
}

std::optional<double> ParseCount(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && stop == end && std::isfinite(value);
  return is_number && value >= 0 ? std::optional(value) : std::nullopt;
}

class Reader final : public mcp::JsonHandler {
 public:
  bool OnKey(std::string_view key) override {
    key_ = key;
    return true;
  }
  bool OnStart(JsonType type) override;
  bool OnScalar(JsonType type, std::string_view text) override;
  bool OnEnd() override;

  std::string status, error;   // as the answer has them; printable
  std::string trouble;         // what makes it tell nothing
  std::vector<Series> series;  // valid without trouble

 private:
  bool Fail(std::string why) {
    trouble = "the answer " + std::move(why);
    return false;
  }
  bool Begin();
  bool TakeNumber(std::string_view text);

  Place place_ = Place::kOutside;
  mcp::JsonStack<Place> outer_;
  std::string key_;  // of the member that comes next
  bool has_result_ = false;
  int numbers_ = 0;   // of the series that is being read
  int elements_ = 0;  // of its value
};

bool Reader::OnStart(JsonType type) {
  const auto step = std::find_if(kSteps.begin(), kSteps.end(), [&](const Step& one) {
    return one.from == place_ && one.type == type && (one.key.empty() || one.key == key_);
  });
  outer_.push(place_);
  place_ = step == kSteps.end() ? Place::kOther : step->to;
  return Begin();
}

// A container has begun.
bool Reader::Begin() {
  if (place_ == Place::kResult && std::exchange(has_result_, true)) {
    return Fail("has two results");
  }
  if (place_ == Place::kSeries) {
    if (series.size() == kMaxSeries) {
      return Fail("has more than " + std::to_string(kMaxSeries) + " series");
    }
    series.emplace_back();
    numbers_ = 0;
  }
  if (place_ == Place::kValue) elements_ = 0;
  return true;
}

bool Reader::OnEnd() {
  if (place_ == Place::kSeries && numbers_ != 1) return Fail("has a series without one number");
  place_ = outer_.pop();
  return true;
}

bool Reader::TakeNumber(std::string_view text) {
  ++elements_;
  if (elements_ == 1) return true;  // when it was evaluated, whatever the age of the samples
  const auto number = ParseCount(text);
  if (!number) return Fail("has the value " + Words(text));
  ++numbers_;
  series.back().value = *number;
  return true;
}

bool Reader::OnScalar(JsonType /*type*/, std::string_view text) {
  switch (place_) {
    case Place::kRoot:
      if (key_ == "status") status = Words(text);
      if (key_ == "error") error = Words(text);
      // VictoriaMetrics' cluster says so of itself.
      if (key_ == "isPartial" && text == "true") return Fail("is only a part of the data");
      return true;
    case Place::kData:
      if (key_ == "resultType" && text != "vector") return Fail("is no vector but " + Words(text));
      return true;
    case Place::kLabels:
      series.back().labels[key_] = text;
      return true;
    case Place::kValue:
      return TakeNumber(text);
    case Place::kWarnings:
      return Fail("has a warning: " + Words(text));
    case Place::kInfos:
      return !SaysPartial(std::string(text)) || Fail("is only a part: " + Words(text));
    default:
      return true;
  }
}

}  // namespace

std::string Words(std::string_view text) {
  constexpr std::size_t kMax = 200;
  std::string words(text.substr(0, kMax));
  for (char& c : words) {
    if (c < ' ' || c > '~') c = '?';
  }
  return words + (text.size() > kMax ? "..." : "");
}

PrometheusAnswer ReadPrometheusAnswer(int status, std::string_view body) {
  Reader reader;
  const auto read = mcp::ReadJson(body, reader);
  if (status != 200 || reader.status == "error") {
    const std::string http = "HTTP " + std::to_string(status);
    return Unknown{reader.error.empty() ? "answered " + http : http + ": " + reader.error};
  }
  if (!read) return Unknown{"the answer is no JSON that can be read"};
  if (!reader.trouble.empty()) return Unknown{std::move(reader.trouble)};
  if (reader.status != "success") return Unknown{"the answer is none of Prometheus' API"};
  if (reader.series.empty()) return Unknown{"the answer is empty"};
  return std::move(reader.series);
}

}  // namespace mcp_vitals::scaler
