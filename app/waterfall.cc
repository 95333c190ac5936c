#include "app/waterfall.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "app/did_you_mean.h"
#include "app/text.h"

namespace mcp_vitals::app {

namespace {

using vitals::Phase;
using vitals::ProbeResult;

constexpr std::size_t kLabelColumns = 14;
constexpr std::size_t kTimeColumns = 13;  // " 1234.56 ms ✘"
constexpr std::size_t kMaxTextLines = 4;

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kCyan = "36";
constexpr std::string_view kBold = "1";

class Screen {
 public:
  explicit Screen(const Style& style)
      : style_(style), width_(std::max<std::size_t>(style.width, 60)) {}

  std::size_t width() const { return width_; }
  std::string_view Good() const { return style_.unicode ? "✔" : "ok:"; }
  std::string_view Bad() const { return style_.unicode ? "✘" : "!!"; }
  std::string_view Block() const { return style_.unicode ? "█" : "#"; }

  std::string Clean(std::string_view text) const { return Printable(text, style_.unicode); }
  std::string Paint(std::string_view colour, std::string_view text) const {
    if (!style_.colour || text.empty()) return std::string(text);
    return "\x1b[" + std::string(colour) + "m" + std::string(text) + "\x1b[0m";
  }

  void Line(std::string_view text) { (out_ += text) += '\n'; }
  // `  label       text`, the text on as many lines as it needs.
  void Fact(std::string_view label, std::string_view text, std::string_view colour = "") {
    if (text.empty()) return;
    std::string head = "  " + std::string(label);
    head.resize(std::max(head.size(), kLabelColumns), ' ');
    for (const std::string& line : Wrap(Clean(text), width_ - kLabelColumns, kMaxTextLines)) {
      Line(head + (colour.empty() ? line : Paint(colour, line)));
      head.assign(kLabelColumns, ' ');
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  const Style& style_;
  const std::size_t width_;
  std::string out_;
};

std::string Milliseconds(double seconds) {
  const double ms = seconds * 1e3;
  std::array<char, 48> text;
  const int digits = ms < 100 ? 2 : ms < 1000 ? 1 : 0;
  const int length = std::snprintf(text.data(), text.size(), "%.*f ms", digits, ms);
  return {text.data(), static_cast<std::size_t>(std::clamp(length, 0, 47))};
}

std::string Beside(std::string text, std::string_view more) {
  if (more.empty()) return text;
  if (!text.empty()) text += ", ";
  return text += more;
}

std::string Headline(const ProbeResult& result, const Screen& screen) {
  if (result.success) {
    return screen.Paint(kGreen, std::string(screen.Good()) + " healthy") + " in " +
           Milliseconds(result.duration.count());
  }
  std::string why(result.reason ? ToString(*result.reason) : "internal");
  if (result.phase) why += " in " + std::string(ToString(*result.phase));
  return screen.Paint(kRed, std::string(screen.Bad()) + " not healthy: ") +
         screen.Paint(kBold, why) + " after " + Milliseconds(result.duration.count());
}

std::string Server(const ProbeResult& result) {
  // A long name must not hide the version.
  const std::string name = Shorten(Printable(result.server_name, true), 48);
  const std::string version = Shorten(Printable(result.server_version, true), 24);
  return name + (version.empty() ? "" : " ") + version;
}

std::string Protocol(const ProbeResult& result) {
  const std::string era = result.era.empty() ? "" : result.era + " era";
  return Beside(Beside(result.protocol_version, era), result.transport);
}

std::string Tools(const ProbeResult& result) {
  std::string text = result.tools ? std::to_string(*result.tools) : "";
  if (!result.missing_tools.empty()) text += " (missing: " + Join(result.missing_tools) + ")";
  if (result.schema_change) {
    text += " (" + std::string(ToString(*result.schema_change)) + " change)";
  }
  return text;
}

std::string Address(const ProbeResult& result) {
  if (!result.address_scope) return result.address;
  return result.address + " (" + std::string(ToString(*result.address_scope)) + ")";
}

std::string Expiry(const ProbeResult& result) {
  using Days = std::chrono::duration<double, std::ratio<86400>>;
  if (!result.certificate->not_after) return "its expiry cannot be read";
  const auto probed = std::chrono::floor<std::chrono::seconds>(result.started);
  const double days = Days(*result.certificate->not_after - probed).count();
  const auto whole = static_cast<long long>(std::floor(std::abs(days)));
  const std::string count = std::to_string(whole) + (whole == 1 ? " day" : " days");
  return days < 0 ? "expired " + count + " ago" : "expires in " + count;
}

void CertificateFact(const ProbeResult& result, Screen& screen) {
  if (!result.certificate) return screen.Fact("tls", result.tls_version);
  const vitals::Certificate& certificate = *result.certificate;
  const bool good = certificate.verification.empty();
  std::string text = Beside(Expiry(result), Shorten(Printable(certificate.subject, true), 60));
  text = Beside(Beside(text, result.tls_version), certificate.verification);
  screen.Fact("certificate", text, good ? "" : kRed);
}

void Facts(const ProbeResult& result, Screen& screen) {
  screen.Fact("server", Server(result));
  screen.Fact("protocol", Protocol(result));
  screen.Fact("tools", Tools(result), result.missing_tools.empty() ? "" : kRed);
  if (result.canary_success) {
    screen.Fact("canary", *result.canary_success ? "good" : "bad",
                *result.canary_success ? "" : kRed);
  }
  if (result.health_status) {
    const int status = *result.health_status;
    std::string text = status == 0 ? "no answer" : "HTTP " + std::to_string(status);
    if (result.health_contradicts()) text += ", although the probe fails";
    screen.Fact("health", text, result.health_contradicts() ? kRed : "");
  }
  screen.Fact("address", Address(result));
  CertificateFact(result, screen);
  if (result.http_status && *result.http_status >= 300) {
    screen.Fact("answer", "HTTP " + std::to_string(*result.http_status));
  }
  if (result.redirects > 0) screen.Fact("redirects", std::to_string(result.redirects));
  screen.Fact("authorize", result.resource_metadata);
  if (!result.session_closed()) {
    screen.Fact("session", "left open: the server did not let it be deleted", kYellow);
  }
}

// One bar for each phase that was reached, each beginning where the one before it ended.
void Bars(const ProbeResult& result, Screen& screen) {
  double total = 0;
  for (const auto& phase : result.phases) total += phase ? phase->count() : 0;
  const auto columns = static_cast<double>(screen.width() - kLabelColumns - kTimeColumns);
  double begin = 0;
  for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    const bool failed = !result.success && result.phase == phase;
    if (!result.phases[i] && !failed) continue;
    const double seconds = result.phases[i] ? result.phases[i]->count() : 0;
    const double scale = total > 0 ? columns / total : 0;
    const auto left =
        static_cast<std::size_t>(std::clamp(std::round(begin * scale), 0.0, columns - 1));
    const auto right = static_cast<std::size_t>(
        std::clamp(std::round((begin + seconds) * scale), static_cast<double>(left) + 1, columns));
    std::string bar;
    for (std::size_t column = left; column < right; ++column) bar += screen.Block();
    std::string label = "  " + std::string(ToString(phase));
    label.resize(kLabelColumns, ' ');
    std::string time = result.phases[i] ? Milliseconds(seconds) : "";
    time.insert(0, time.size() < kTimeColumns - 2 ? kTimeColumns - 2 - time.size() : 0, ' ');
    screen.Line(label + std::string(left, ' ') + screen.Paint(failed ? kRed : kCyan, bar) +
                std::string(static_cast<std::size_t>(columns) - right, ' ') + time +
                (failed ? " " + screen.Paint(kRed, screen.Bad()) : ""));
    begin += seconds;
  }
}

}  // namespace

std::string Waterfall(const ProbeResult& result, const Style& style) {
  Screen screen(style);
  screen.Line(Headline(result, screen));
  screen.Line("  " + Shorten(screen.Clean(result.url), screen.width() - 2));
  screen.Line("");
  Facts(result, screen);
  screen.Line("");
  Bars(result, screen);
  if (!result.detail.empty() || !result.hint.empty()) screen.Line("");
  screen.Fact("seen", result.detail);
  screen.Fact("try", result.hint, kBold);
  return screen.Take();
}

}  // namespace mcp_vitals::app
