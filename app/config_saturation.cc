#include "app/config_saturation.h"

#include <charconv>

#include "app/config_target.h"

namespace mcp_vitals::app {

namespace {

using probe::Figure;
using probe::FigurePlace;
using probe::FiguresFormat;
using probe::FigureUnit;
using probe::SaturationSource;
using vitals::ConnectionSource;

Parsed<std::optional<FiguresFormat>> ParseFormat(const std::string& text) {
  if (text == "auto") return std::optional<FiguresFormat>();
  if (text == "prometheus") return std::optional(FiguresFormat::kPrometheus);
  if (text == "json") return std::optional(FiguresFormat::kJson);
  return Wrong{Quote(text) + " is not known (allowed: auto, prometheus, json)"};
}

Parsed<std::optional<double>> ParseLimit(const std::string& text) {
  double limit = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error == std::errc{} && stop == end && limit > 0 && limit <= 1) return std::optional(limit);
  return Wrong{Quote(text) + " is no limit of a ratio (allowed: more than 0, at most 1)"};
}

Parsed<std::optional<probe::SeriesSelector>> ParseMetric(const std::string& text) {
  const auto selector = probe::ParseSelector(text);
  if (selector) return selector;
  return Wrong{Quote(text) + " is no metric (allowed: like name or name{label=\"value\"})"};
}

Parsed<std::string> ParsePlace(const std::string& text) {
  if (!text.empty()) return ParsePointer(text);
  return Wrong{Quote(text) + " is no JSON pointer (allowed: like /pool/total)"};
}

// The name may stand in any of the sections, and is the same in all.
void ReadServer(Section& section, Config& config) {
  const std::string name = section.Value("server", std::string(), "", ParseName);
  if (!name.empty() && !config.server.empty() && name != config.server) {
    section.Fail("server", Quote(name) + " differs from the name given before, " +
                               Quote(config.server) + " (allowed: that one, or none here)");
  }
  if (config.server.empty()) config.server = name;
}

void ReadMetrics(Section& section, SaturationSource& source) {
  for (std::size_t i = 0; i < probe::kActiveStreams; ++i) {
    const Figure& figure = probe::kFigures[i];
    const std::string unit = figure.unit == FigureUnit::kBytes ? "_bytes" : "";
    const std::string fallback(figure.metric);
    source.places[i].metric = section.Value(std::string(figure.key) + unit,
                                            probe::ParseSelector(fallback), fallback, ParseMetric);
  }
}

// Where a size stands is said in bytes or, as the default has it, in units of 10^6.
void ReadSizePointer(Section& section, const Figure& figure, FigurePlace& place) {
  const std::string bytes = std::string(figure.key) + "_bytes";
  const std::string megabytes = std::string(figure.key) + "_mb";
  if (section.Has(bytes) && section.Has(megabytes)) {
    section.Fail(bytes, "is also given by " + megabytes + " (allowed: one of them)");
  }
  place.pointer = section.Value(bytes, std::string(), "", ParsePlace);
  if (section.Has(bytes)) {
    section.Any(megabytes);  // a key that is known, and refused above
    return;
  }
  const std::string fallback(figure.pointer);
  place.pointer = section.Value(megabytes, fallback, fallback, ParsePlace);
  place.scale = probe::kMegabyte;
}

void ReadPointers(Section& section, SaturationSource& source) {
  for (std::size_t i = 0; i < probe::kActiveStreams; ++i) {
    const Figure& figure = probe::kFigures[i];
    FigurePlace& place = source.places[i];
    if (figure.unit == FigureUnit::kBytes) {
      ReadSizePointer(section, figure, place);
    } else {
      const std::string fallback(figure.pointer);
      place.pointer = section.Value(std::string(figure.key), fallback, fallback, ParsePlace);
    }
  }
}

SaturationSource ReadSaturation(Section& section, ConfigFiles& files, Config& config) {
  SaturationSource source;
  probe::Target& target = source.target;
  target.name = "saturation";
  ReadServer(section, config);
  if (!section.Has("url")) section.Fail("url", "is missing (allowed: http://… or https://…)");
  target.url = section.Value("url", net::Url(), "", ParseTargetUrl, PublicUrl);
  source.format = section.Value("format", source.format, "auto", ParseFormat);
  source.interval = section.Duration("interval", source.interval, std::chrono::hours(24));
  target.timeout = section.Duration("timeout", std::chrono::seconds(5), kMaxProbeTimeout);
  source.limit = section.Value("limit", source.limit, "", ParseLimit);
  Section metrics = section.Child("metrics");
  ReadMetrics(metrics, source);
  section.Put("metrics", std::move(metrics));
  Section pointers = section.Child("pointers");
  ReadPointers(pointers, source);
  section.Put("pointers", std::move(pointers));
  if (target.url.https) {
    std::string key, why;
    target.tls = files.Tls({}, key, why);
    if (target.tls == nullptr) section.Fail("url", why);
  }
  return source;
}

Parsed<std::optional<ConnectionSource>> ParseSource(const std::string& text) {
  if (text == "proxy") return std::optional(ConnectionSource::kProxy);
  if (text == "app") return std::optional(ConnectionSource::kApp);
  if (text == "sockets") return std::optional(ConnectionSource::kSockets);
  return Wrong{Quote(text) + " is not known (allowed: proxy, app, sockets)"};
}

// A key of another source than the one chosen would be without effect, and not as meant.
void RefuseKey(Section& section, const char* key, const char* source) {
  if (section.Any(key) == nullptr) return;
  section.Fail(key, "belongs to another source (allowed: with from: " + std::string(source) + ")");
}

void ReadApp(Section& section, std::optional<SaturationSource>& saturation) {
  if (!saturation) {
    section.Fail("from",
                 "\"app\" needs the section saturation, whose url is asked (allowed: app with "
                 "saturation.url, else proxy, sockets)");
  }
  if (!section.Has("metric") && !section.Has("pointer")) {
    section.Fail("metric", "is missing (allowed: metric, pointer or both)");
  }
  FigurePlace streams;
  streams.metric = section.Value("metric", streams.metric, "", ParseMetric);
  streams.pointer = section.Value("pointer", streams.pointer, "", ParsePlace);
  if (saturation) saturation->places[probe::kActiveStreams] = std::move(streams);
}

void ReadSockets(Section& section, Config& config) {
  if (config.proxy) {
    section.Fail("from",
                 "\"sockets\" would count only who comes past the proxy, as mcp_bypass_connections "
                 "does (allowed: proxy, app)");
  }
  if (!section.Has("port")) section.Fail("port", "is missing (allowed: 1 to 65535)");
  config.connections.port = static_cast<std::uint16_t>(section.Count("port", 1, 65535));
}

void ReadConnections(Section& section, std::optional<SaturationSource>& saturation,
                     Config& config) {
  ReadServer(section, config);
  if (!section.Has("from") && !config.proxy) {
    section.Fail("from", "is missing (allowed without a proxy: app, sockets)");
  }
  const auto given = section.Value("from", std::optional<ConnectionSource>(),
                                   config.proxy ? "proxy" : "", ParseSource);
  if (given == ConnectionSource::kProxy && !config.proxy) {
    section.Fail("from", "\"proxy\" needs the section proxy (allowed without it: app, sockets)");
  }
  const ConnectionSource from = given.value_or(ConnectionSource::kProxy);
  config.connections.from = from;
  if (from == ConnectionSource::kApp) {
    ReadApp(section, saturation);
  } else {
    RefuseKey(section, "metric", "app");
    RefuseKey(section, "pointer", "app");
  }
  if (from == ConnectionSource::kSockets) {
    ReadSockets(section, config);
  } else {
    RefuseKey(section, "port", "sockets");
  }
}

}  // namespace

void ReadInside(Section& root, ConfigFiles& files, Config& config) {
  if (config.proxy) config.server = config.proxy->server;
  std::optional<SaturationSource> saturation;
  if (root.Any("saturation") != nullptr) {
    Section section = root.Child("saturation");
    saturation = ReadSaturation(section, files, config);
    root.Put("saturation", std::move(section));
  }
  config.connections.given = root.Any("connections") != nullptr;
  if (config.connections.given) {
    Section section = root.Child("connections");
    ReadConnections(section, saturation, config);
    root.Put("connections", std::move(section));
  }
  if (saturation) {
    config.saturation = std::make_shared<const SaturationSource>(std::move(*saturation));
  }
}

}  // namespace mcp_vitals::app
