#include "tests/closed_loop/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

#include "tests/closed_loop/truth.h"

namespace mcp_vitals::closed_loop {

namespace {

constexpr double kLeft = 56, kWidth = 700, kRight = kLeft + kWidth;
constexpr double kLeastLatency = 0.5, kMostLatency = 60;  // seconds, on a logarithmic scale
// The first is ours, and drawn over the others.
constexpr std::array kColours = {"#0b6e4f", "#d1495b", "#edae49", "#8d6a9f",
                                 "#5c7aea", "#7d8597", "#c77dff", "#00a6a6"};

const char* ColourOf(std::size_t contestant) { return kColours[contestant % kColours.size()]; }

std::string Format(const char* format, double a, double b = 0, double c = 0, double d = 0) {
  char text[160];
  std::snprintf(text, sizeof text, format, a, b, c, d);
  return text;
}

struct Panel {
  double top, height;
  std::function<double(double)> up;  // from 0 to 1
  double Y(double value) const { return top + height * (1 - std::clamp(up(value), 0.0, 1.0)); }
};

// A step for each change, and none where nothing changes.
std::string Line(const std::vector<Sample>& samples, const Panel& panel,
                 const std::function<double(const Sample&)>& value) {
  const double seconds = samples.back().at;
  std::string path;
  int last = -1;
  for (const Sample& sample : samples) {
    const int y = static_cast<int>(std::lround(panel.Y(value(sample))));
    const bool is_last = &sample == &samples.back();
    if (y == last && !is_last) continue;
    const int x = static_cast<int>(std::lround(kLeft + kWidth * sample.at / seconds));
    path += path.empty() ? Format("M%.0f %.0f", x, y) : Format("H%.0fV%.0f", x, y);
    last = y;
  }
  return path;
}

std::string Path(const std::string& path, const char* colour, double width) {
  return "<path d=\"" + path + "\" stroke=\"" + colour +
         Format("\" stroke-width=\"%.1f\"/>\n", width);
}

std::string Label(double x, double y, const std::string& text, const char* anchor = "end") {
  return Format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"", x, y) + anchor + "\">" + text +
         "</text>\n";
}

std::string Grid(const Panel& panel, double value, const std::string& label,
                 const char* colour = "#dde1ea") {
  const double y = panel.Y(value);
  return Format("<path d=\"M%.0f %.0fH%.0f\" stroke=\"", kLeft, y, kRight) + colour + "\"/>\n" +
         Label(kLeft - 6, y + 4, label);
}

std::string Legend(const Comparison& comparison, const std::vector<Contestant>& contestants,
                   double top) {
  std::string text;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const Outcome& outcome = comparison.outcomes[i];
    const double y = top + 18 * static_cast<double>(i);
    text += Format("<path d=\"M%.0f %.0fh22\" stroke=\"", kLeft, y - 4) + ColourOf(i) +
            "\" stroke-width=\"3\"/>\n" + Label(kLeft + 30, y, contestants[i].name, "start") +
            Label(kLeft + 260, y, Format("%.1f pod-hours", outcome.pod_hours)) +
            Label(kLeft + 420, y, Format("%.1f min over target", outcome.minutes_over)) +
            Label(kLeft + 560, y, Format("%.0f streams cut", static_cast<double>(outcome.cut))) +
            Label(kRight, y, Format("%.0f turns", outcome.turns));
  }
  return text;
}

// The next of 1, 2, 5, 10, 20, …
double RoundUp(double value) {
  double scale = std::pow(10, std::floor(std::log10(std::max(1.0, value))));
  for (const double step : {1.0, 2.0, 5.0, 10.0}) {
    if (step * scale >= value) return step * scale;
  }
  return value;
}

}  // namespace

std::string Draw(const Comparison& comparison, const std::vector<Contestant>& contestants) {
  double most_pods = 1, most_sessions = 0;
  for (const Outcome& outcome : comparison.outcomes) {
    for (const Sample& sample : outcome.samples) {
      most_pods = std::max(most_pods, static_cast<double>(sample.pods));
      most_sessions = std::max(most_sessions, sample.wanted);
    }
  }
  const double pods_top = RoundUp(most_pods), sessions_top = RoundUp(most_sessions);
  const Panel sessions{40, 60, [=](double value) { return value / sessions_top; }};
  const Panel pods{120, 180, [=](double value) { return value / pods_top; }};
  const Panel latency{320, 140, [](double value) {
                        return std::log(std::max(value, kLeastLatency) / kLeastLatency) /
                               std::log(kMostLatency / kLeastLatency);
                      }};
  const double legend = 505;
  const double height = legend + 18 * static_cast<double>(contestants.size());
  std::string text =
      Format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\"",
             kRight + 24, height) +
      " aria-label=\"" + comparison.scenario.name +
      "\">\n<style>text{font-family:system-ui,sans-serif;font-size:12px;fill:#17203a}"
      "path{fill:none}</style>\n" +
      Format("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", kRight + 24, height) +
      Label(kLeft, 26, "sessions", "start") +
      Label(kLeft, 114, "pods (dashed: what the calls keep busy)", "start") +
      Label(kLeft, 314, "p95 of calls, by the minute, in seconds", "start");
  const auto& samples = comparison.outcomes.front().samples;
  text += Grid(sessions, 0, "0") + Grid(sessions, sessions_top, Format("%.0f", sessions_top));
  text += Path(Line(samples, sessions, [](const Sample& s) { return s.wanted; }), "#17203a", 1.4);
  for (const double share : {0.0, 0.5, 1.0}) {
    text += Grid(pods, share * pods_top, Format("%g", share * pods_top));
  }
  for (const double seconds : {0.5, 1.0, 10.0, 60.0}) {
    text += Grid(latency, seconds, Format("%g", seconds));
  }
  text += Grid(latency, Truth::kTarget, "2", "#e07a5f");
  for (std::size_t i = contestants.size(); i-- > 0;) {
    const double width = i == 0 ? 2.4 : 1;
    const auto& line = comparison.outcomes[i].samples;
    text += Path(Line(line, pods, [](const Sample& s) { return s.pods; }), ColourOf(i), width);
    text +=
        Path(Line(line, latency, [](const Sample& s) { return s.quantile; }), ColourOf(i), width);
  }
  text += "<path d=\"" + Line(samples, pods, [](const Sample& s) { return s.offered; }) +
          "\" stroke=\"#17203a\" stroke-width=\"1.4\" stroke-dasharray=\"4 3\"/>\n";
  for (int hour = 0; hour * 3600 <= samples.back().at + kSampleSeconds; ++hour) {
    const double x = kLeft + kWidth * hour * 3600 / samples.back().at;
    text += Label(std::min(x, kRight), 478, Format("%.0f h", hour), "middle");
  }
  return text + Legend(comparison, contestants, legend) + "</svg>\n";
}

}  // namespace mcp_vitals::closed_loop
