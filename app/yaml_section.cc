#include "app/yaml_section.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "app/did_you_mean.h"
#include "app/text.h"
#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

// Each line of `text` moved to the right.
std::string Indented(std::string_view text, std::string_view by) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n') + 1;
    (out += by) += text.substr(0, end);
    text.remove_prefix(end);
  }
  return out;
}

bool IsPlain(std::string_view text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-*@";
  if (text.empty() || text.find_first_not_of(kSafe) != std::string_view::npos) return false;
  const bool word = std::isalnum(static_cast<unsigned char>(text.front())) != 0 ||
                    text.front() == '/' || text.front() == '_';
  return word && text.back() != ':' && text != "null";
}

}  // namespace

void ConfigErrors::Add(int line, const std::string& key, const std::string& why) {
  if (messages_.size() == kMaxMessages) {
    ++more_;
    return;
  }
  std::string message = file_ + ":";
  if (line > 0) message += std::to_string(line) + ":";
  message += " ";
  if (!key.empty()) message += Printable(key, true) + ": ";
  messages_.push_back(message + why);
}

std::vector<std::string> ConfigErrors::Take() {
  if (more_ > 0) messages_.push_back(file_ + ": and " + std::to_string(more_) + " more");
  return std::move(messages_);
}

Section::Section(ConfigErrors& errors, YamlNode::Ptr node, std::string path)
    : errors_(errors), node_(std::move(node)), path_(std::move(path)) {
  if (node_->kind != YamlNode::Kind::kMap && node_->kind != YamlNode::Kind::kNull) {
    errors_.Add(node_->line, path_, "must be a map (allowed: keys and values)");
    is_map_ = false;
    auto empty = std::make_shared<YamlNode>();
    empty->line = node_->line;
    node_ = std::move(empty);
  }
}

std::string Section::PathOf(const std::string& key) const {
  if (key.empty()) return path_;
  return path_.empty() ? key : path_ + "." + key;
}

void Section::Fail(const std::string& key, const std::string& why) {
  if (!is_map_) return;
  const YamlNode::Member* member = node_->Find(key);
  errors_.Add(member != nullptr ? member->value->line : node_->line, PathOf(key), why);
}

const YamlNode::Member* Section::Find(const std::string& key) {
  known_.push_back(key);
  const YamlNode::Member* member = node_->Find(key);
  const bool absent = member == nullptr || member->value->kind == YamlNode::Kind::kNull;
  return absent ? nullptr : member;
}

const YamlNode* Section::OfKind(const std::string& key, YamlNode::Kind kind, const char* allowed) {
  const YamlNode::Member* member = Find(key);
  if (member == nullptr) return nullptr;
  if (member->value->kind == kind) return member->value.get();
  Fail(key, "must be " + std::string(allowed));
  return nullptr;
}

const YamlNode* Section::Scalar(const std::string& key) {
  return OfKind(key, YamlNode::Kind::kScalar, "a single value (allowed: text)");
}

bool Section::Has(const std::string& key) const {
  const YamlNode::Member* member = node_->Find(key);
  return member != nullptr && member->value->kind != YamlNode::Kind::kNull;
}

std::string Section::Text(const std::string& key, const std::string& fallback) {
  return Value(key, fallback, fallback, [](const std::string& text) { return Parsed(text); });
}

Milliseconds Section::Duration(const std::string& key, Milliseconds fallback, Milliseconds max) {
  return Value(key, fallback, ToString(fallback),
               [max](const std::string& text) { return ParseDuration(text, max); });
}

bool Section::Boolean(const std::string& key, bool fallback) {
  return Value(key, fallback, fallback ? "true" : "", [](const std::string& text) -> Parsed<bool> {
    if (text == "true" || text == "false") return text == "true";
    return Wrong{Quote(text) + " is neither true nor false (allowed: true, false)"};
  });
}

std::size_t Section::Count(const std::string& key, std::size_t fallback, std::size_t max,
                           std::size_t min) {
  return Value(key, fallback, std::to_string(fallback),
               [max, min](const std::string& text) -> Parsed<std::size_t> {
                 std::size_t count = 0;
                 const char* const end = text.data() + text.size();
                 const auto [stop, error] = std::from_chars(text.data(), end, count);
                 if (error == std::errc{} && stop == end && count >= min && count <= max)
                   return count;
                 return Wrong{Quote(text) + " is out of range (allowed: " + std::to_string(min) +
                              " to " + std::to_string(max) + ")"};
               });
}

std::vector<std::string> Section::Texts(const std::string& key) {
  const YamlNode::Member* member = Find(key);
  if (member == nullptr) return {};
  std::vector<YamlNode::Member> items = member->value->members;
  if (member->value->kind == YamlNode::Kind::kScalar) items = {*member};
  std::vector<std::string> texts;
  std::string shown;
  for (const YamlNode::Member& item : items) {
    if (item.value->kind != YamlNode::Kind::kScalar) break;
    texts.push_back(item.value->scalar);
    shown += (shown.empty() ? "" : ", ") + YamlScalar(texts.back());
  }
  if (texts.size() < items.size() || member->value->kind == YamlNode::Kind::kMap) {
    Fail(key, "must be a list of texts (allowed: like [a, b])");
    return {};
  }
  if (!texts.empty()) text_ += key + ": [" + shown + "]\n";
  return texts;
}

std::vector<std::pair<std::string, std::string>> Section::TextMap(const std::string& key,
                                                                  bool secret) {
  std::vector<std::pair<std::string, std::string>> texts;
  const YamlNode* map = OfKind(key, YamlNode::Kind::kMap, "a map (allowed: names and texts)");
  if (map == nullptr) return texts;
  std::string shown;
  for (const YamlNode::Member& item : map->members) {
    if (item.value->kind != YamlNode::Kind::kScalar) {
      errors_.Add(item.line, PathOf(key) + "." + item.key,
                  "must be a single value (allowed: text)");
      continue;
    }
    texts.emplace_back(item.key, item.value->scalar);
    shown += "  " + YamlScalar(item.key) + ": " +
             YamlScalar(secret ? "<secret>" : item.value->scalar) + "\n";
  }
  if (!shown.empty()) text_ += key + ":\n" + shown;
  return texts;
}

Section Section::Child(const std::string& key) {
  const YamlNode::Member* member = Find(key);
  if (member != nullptr) return Section(errors_, member->value, PathOf(key));
  auto empty = std::make_shared<YamlNode>();
  empty->line = node_->line;
  return Section(errors_, std::move(empty), PathOf(key));
}

void Section::Put(const std::string& key, Section child) {
  child.Finish();
  if (!child.text_.empty()) text_ += YamlScalar(key) + ":\n" + Indented(child.text_, "  ");
}

void Section::Each(const std::string& key, const std::function<void(Section&)>& read) {
  const YamlNode* list = OfKind(key, YamlNode::Kind::kSequence, "a list (allowed: maps)");
  if (list == nullptr) return;
  if (!list->members.empty()) text_ += key + ":\n";
  std::size_t index = 0;
  for (const YamlNode::Member& member : list->members) {
    Section item(errors_, member.value, PathOf(key) + "[" + std::to_string(index++) + "]");
    read(item);
    item.Finish();
    std::string shown = Indented(item.text_, "    ");
    if (!shown.empty()) shown.replace(0, 4, "  - ");
    text_ += shown;
  }
}

void Section::EachNamed(const std::string& key,
                        const std::function<void(const std::string&, Section&)>& read) {
  const YamlNode* map = OfKind(key, YamlNode::Kind::kMap, "a map (allowed: names and maps)");
  if (map == nullptr) return;
  if (!map->members.empty()) text_ += key + ":\n";
  for (const YamlNode::Member& member : map->members) {
    Section item(errors_, member.value, PathOf(key) + "." + member.key);
    read(member.key, item);
    item.Finish();
    text_ += "  " + YamlScalar(member.key) + ":\n" + Indented(item.text_, "    ");
  }
}

const YamlNode* Section::Any(const std::string& key) {
  const YamlNode::Member* member = Find(key);
  return member == nullptr ? nullptr : member->value.get();
}

void Section::Wrote(const std::string& key, std::string_view scalar) {
  text_ += key + ": " + YamlScalar(scalar) + "\n";
}

void Section::WroteJson(const std::string& key, std::string_view json) {
  ((((text_ += key) += ": ") += json) += "\n");
}

void Section::Finish() {
  std::sort(known_.begin(), known_.end());
  known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
  for (const YamlNode::Member& member : node_->members) {
    if (std::binary_search(known_.begin(), known_.end(), member.key)) continue;
    errors_.Add(
        member.line, PathOf(member.key),
        "unknown key" + Suggestion(member.key, known_) + " (allowed: " + Join(known_) + ")");
  }
}

std::string YamlScalar(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted;
  mcp::AppendJsonString(quoted, text);
  return quoted;
}

}  // namespace mcp_vitals::app
