#include "mcp/sse_parser.h"

#include <algorithm>
#include <cstring>

namespace mcp_vitals::mcp {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::chrono::milliseconds kMaxRetry = std::chrono::hours(24);

std::size_t Find(std::string_view bytes, char c, std::size_t from) {
  const void* found = std::memchr(bytes.data() + from, c, bytes.size() - from);
  return found == nullptr
             ? bytes.size()
             : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

std::optional<std::chrono::milliseconds> ParseRetry(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::chrono::milliseconds retry{0};
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    retry = std::min(retry * 10 + std::chrono::milliseconds(c - '0'), kMaxRetry);
  }
  return retry;
}

}  // namespace

void SseParser::Clear(std::string& text) const {
  if (text.capacity() > limits_.kept) {
    text = std::string();
  } else {
    text.clear();
  }
}

Result<void> SseParser::Feed(std::string_view bytes, const OnEvent& on_event) {
  if (failed_) return Error::kTooLarge;
  SkipByteOrderMark(bytes);
  std::size_t next_cr = 0;  // the position of the next CR; looked for once, not at every line
  bool know_cr = false;
  for (std::size_t at = 0; at < bytes.size();) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes[at] == '\n') {
        ++at;
        continue;
      }
    }
    if (!know_cr || next_cr < at) {
      next_cr = Find(bytes, '\r', at);
      know_cr = true;
    }
    const std::size_t end = Find(bytes.substr(0, next_cr), '\n', at);
    const std::string_view part = bytes.substr(at, end - at);
    if (line_.size() + part.size() > limits_.line) {
      failed_ = true;
      return Error::kTooLarge;
    }
    if (end == bytes.size()) {
      line_ += part;
      break;
    }
    after_cr_ = bytes[end] == '\r';
    at = end + 1;
    bool fits;
    if (line_.empty()) {
      fits = ReadLine(part, on_event);
    } else {
      line_ += part;
      fits = ReadLine(line_, on_event);
      Clear(line_);
    }
    if (!fits) {
      failed_ = true;
      return Error::kTooLarge;
    }
  }
  return {};
}

// At the beginning of the stream alone. What only began like the mark is the first line's.
void SseParser::SkipByteOrderMark(std::string_view& bytes) {
  while (mark_bytes_ < kByteOrderMark.size() && !bytes.empty()) {
    if (bytes[0] != kByteOrderMark[mark_bytes_]) {
      line_ = kByteOrderMark.substr(0, mark_bytes_);
      mark_bytes_ = kByteOrderMark.size();
      return;
    }
    ++mark_bytes_;
    bytes.remove_prefix(1);
  }
}

bool SseParser::ReadLine(std::string_view line, const OnEvent& on_event) {
  if (line.empty()) {
    Dispatch(on_event);
    return true;
  }
  const std::size_t colon = Find(line, ':', 0);
  if (colon == line.size()) return ReadField(line, {});
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  return ReadField(line.substr(0, colon), value);
}

// A comment is a line whose field has no name.
bool SseParser::ReadField(std::string_view name, std::string_view value) {
  if (name == "data") return AppendData(value);
  if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    if (value.find('\0') != std::string_view::npos) return true;
    id_ = value;
    has_id_ = true;
  } else if (name == "retry") {
    if (const auto retry = ParseRetry(value)) retry_ = retry;
  }
  return true;
}

bool SseParser::AppendData(std::string_view value) {
  if (has_data_) data_ += '\n';
  has_data_ = true;
  if (data_.size() + value.size() > limits_.event) return false;
  data_ += value;
  return true;
}

void SseParser::Dispatch(const OnEvent& on_event) {
  if (has_id_) last_event_id_ = id_;
  if (has_data_ || has_id_) {
    on_event({type_.empty() ? std::string_view("message") : type_, data_, last_event_id_});
  }
  Clear(type_);
  Clear(data_);
  has_data_ = has_id_ = false;
}

}  // namespace mcp_vitals::mcp
