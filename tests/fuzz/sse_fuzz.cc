#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/sse_parser.h"
#include "tests/fuzz/require.h"

// A stream fed in one piece, byte by byte and in pieces of any size gives the same events, and
// those that a plain reading of the rules gives.
namespace mcp_vitals::mcp {
namespace {

using fuzz::Require;

struct Outcome {
  std::vector<std::string> events;  // type, data and id, each behind its length
  bool failed = false;
  std::string last_id;
  std::optional<std::chrono::milliseconds> retry;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string Written(std::string_view type, std::string_view data, std::string_view id) {
  std::string out;
  for (std::string_view part : {type, data, id}) {
    out += std::to_string(part.size());
    out += ' ';
    out += part;
  }
  return out;
}

// `piece` gives the size of the next piece, at least 1.
Outcome Read(std::string_view stream, SseParser::Limits limits,
             const std::function<std::size_t()>& piece) {
  Outcome outcome;
  SseParser parser(limits);
  while (!stream.empty()) {
    const std::string bytes(stream.substr(0, piece()));  // a copy, so that a stale view is seen
    stream.remove_prefix(bytes.size());
    const auto fed = parser.Feed(bytes, [&](const SseEvent& event) {
      outcome.events.push_back(Written(event.type, event.data, event.id));
      Require(event.data.size() <= limits.event, "data is bounded");
    });
    if (!fed) outcome.failed = true;
  }
  outcome.last_id = parser.last_event_id();
  outcome.retry = parser.retry();
  return outcome;
}

std::vector<std::string> SplitLines(std::string_view stream) {
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < stream.size(); ++i) {
    if (stream[i] == '\n' && i > 0 && stream[i - 1] == '\r') continue;
    if (stream[i] == '\n' || stream[i] == '\r') {
      lines.emplace_back();
    } else {
      lines.back() += stream[i];
    }
  }
  lines.pop_back();  // has no end
  return lines;
}

// The rules read the plain way: the whole stream, line by line, with no limits.
std::vector<std::string> Reference(std::string_view stream) {
  if (stream.starts_with("\xEF\xBB\xBF")) stream.remove_prefix(3);
  std::vector<std::string> events;
  std::string type, id;
  std::vector<std::string> data;
  bool has_id = false;
  for (const std::string& line : SplitLines(stream)) {
    if (line.empty()) {
      std::string joined;
      for (const std::string& part : data) joined += (&part == data.data() ? "" : "\n") + part;
      if (!data.empty() || has_id) {
        events.push_back(Written(type.empty() ? "message" : type, joined, id));
      }
      type.clear();
      data.clear();
      has_id = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "event") type = value;
    if (name == "data") data.push_back(value);
    if (name == "id" && value.find('\0') == std::string::npos) {
      id = value;
      has_id = true;
    }
  }
  return events;
}

void CheckSplits(std::string_view stream, SseParser::Limits limits) {
  const Outcome whole = Read(stream, limits, [&] { return stream.size(); });
  Require(whole == Read(stream, limits, [] { return 1; }), "byte by byte makes no difference");
  std::uint64_t state = std::hash<std::string_view>{}(stream) | 1;
  const auto any = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33) % 17 + 1;
  };
  Require(whole == Read(stream, limits, any), "pieces make no difference");
  if (!whole.failed)
    Require(whole.events == Reference(stream), "the events are those of the rules");
}

}  // namespace
}  // namespace mcp_vitals::mcp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mcp_vitals::mcp;
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  CheckSplits(stream, {});
  CheckSplits(stream, {.line = 24, .event = 32});
  return 0;
}
