#include "app/scaling_chart.h"

#include <algorithm>
#include <string>

#include "scaler/words.h"

namespace mcp_vitals::app {

namespace {

using Entry = scaler::History::Entry;

// In the SVG's own units; the browser makes it as wide as there is room.
constexpr double kLeft = 34, kRight = 880, kTop = 8, kBottom = 112, kHeight = 132;
constexpr scaler::Seconds kShortest{60};

class Chart {
 public:
  Chart(const std::deque<Entry>& history, scaler::Time now, std::ostream& out)
      : history_(history), now_(now), out_(out) {
    span_ = std::max<scaler::Seconds>(now - history.front().at, kShortest);
    for (const Entry& entry : history) top_ = std::max({top_, entry.pods, entry.seen});
  }

  void Write() {
    out_ << "<svg class=\"chart\" viewBox=\"0 0 900 " << kHeight
         << "\" role=\"img\" aria-label=\"pods asked for and pods seen, over the last "
         << scaler::Age(span_) << "\">";
    WriteGrid();
    WriteBlind();
    WriteSeen();
    WriteAsked();
    out_ << "</svg>\n";
  }

 private:
  double X(scaler::Time at) const {
    return kRight - (kRight - kLeft) * (scaler::Seconds(now_ - at).count() / span_.count());
  }
  double Y(unsigned pods) const { return kBottom - (kBottom - kTop) * pods / top_; }
  // Until when an entry holds.
  scaler::Time End(std::size_t i) const {
    return i + 1 < history_.size() ? history_[i + 1].at : now_;
  }
  static bool IsBlind(const Entry& entry) { return entry.rule == scaler::Rule::kBlind; }

  void WriteGrid() {
    for (const unsigned pods : {0u, top_ / 2, top_}) {
      if (pods == 0 && top_ / 2 == 0) continue;
      WriteLine(pods);
    }
    if (top_ / 2 == 0) WriteLine(0);
    out_ << "<text x=\"" << kLeft << "\" y=\"" << kHeight - 4 << "\">" << scaler::Age(span_)
         << " ago</text><text class=\"end\" x=\"" << kRight << "\" y=\"" << kHeight - 4
         << "\">now</text>";
  }
  void WriteLine(unsigned pods) {
    out_ << "<path class=\"grid\" d=\"M" << kLeft << ' ' << Y(pods) << 'H' << kRight
         << "\"/><text class=\"end\" x=\"" << kLeft - 6 << "\" y=\"" << Y(pods) + 4 << "\">" << pods
         << "</text>";
  }
  void WriteBlind() {
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!IsBlind(history_[i])) continue;
      const double from = X(history_[i].at);
      out_ << "<rect class=\"blind\" x=\"" << from << "\" y=\"" << kTop << "\" width=\""
           << std::max(X(End(i)) - from, 2.0) << "\" height=\"" << kBottom - kTop
           << "\"><title>blind</title></rect>";
    }
  }
  void WriteSeen() {
    out_ << "<path class=\"seen\" d=\"M" << X(history_.front().at) << ' ' << kBottom;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      out_ << 'V' << Y(history_[i].seen) << 'H' << X(End(i));
    }
    out_ << 'V' << kBottom << "Z\"/>";
  }
  void WriteAsked() {
    out_ << "<path class=\"asked\" d=\"";
    bool is_open = false;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Entry& entry = history_[i];
      if (IsBlind(entry)) {
        is_open = false;
        continue;
      }
      if (!is_open) out_ << 'M' << X(entry.at) << ' ' << Y(entry.pods);
      if (is_open) out_ << 'V' << Y(entry.pods);
      out_ << 'H' << X(End(i));
      is_open = true;
    }
    out_ << "\"/>";
  }

  const std::deque<Entry>& history_;
  const scaler::Time now_;
  std::ostream& out_;
  scaler::Seconds span_{};
  unsigned top_ = 1;
};

}  // namespace

void WriteChart(const std::deque<Entry>& history, scaler::Time now, std::ostream& out) {
  if (!history.empty()) Chart(history, now, out).Write();
}

}  // namespace mcp_vitals::app
