#include "app/yaml_node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <unordered_set>
#include <utility>

#include "app/values.h"

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 500'000;

// Builds the nodes while yaml-cpp reads; what is refused is thrown through it.
class Builder final : public YAML::EventHandler {
 public:
  YamlNode::Ptr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(New(mark, YamlNode::Kind::kNull), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (ExpectsKey()) return TakeKey(mark, value);
    const bool quoted = tag == "!";
    auto node = New(mark, YamlNode::Kind::kScalar);
    const bool null = !quoted && (value.empty() || value == "~" || value == "null");
    if (null) node->kind = YamlNode::Kind::kNull;
    node->quoted = quoted;
    node->scalar = value;
    Add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Refuse(mark, "an alias refers to what it is part of");
    Count(mark);
    Add(found->second, 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(New(mark, YamlNode::Kind::kSequence), anchor, mark);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(New(mark, YamlNode::Kind::kMap), anchor, mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // of a map: its value comes next
    std::string key;
    int key_line = 0;
    std::unordered_set<std::string> keys;
  };

  [[noreturn]] static void Refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException(mark, why);
  }
  [[noreturn]] static void RefuseDepth(int line) {
    YAML::Mark mark;
    mark.line = line - 1;
    Refuse(mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  void Count(const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes) {
      Refuse(mark, "more than " + std::to_string(kMaxNodes) + " values");
    }
  }
  std::shared_ptr<YamlNode> New(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (ExpectsKey()) Refuse(mark, "a key must be a text");
    Count(mark);
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->line = mark.line + 1;
    return node;
  }
  bool ExpectsKey() const {
    return !open_.empty() && open_.back().node->kind == YamlNode::Kind::kMap &&
           !open_.back().has_key;
  }
  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = open_.back();
    if (!frame.keys.insert(key).second)
      Refuse(mark, "the key " + Quote(key) + " stands here twice");
    frame.has_key = true;
    frame.key = key;
    frame.key_line = mark.line + 1;
  }
  void Open(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (open_.size() == kMaxDepth) RefuseDepth(mark.line + 1);
    open_.push_back({std::move(node), anchor, false, "", 0, {}});
  }
  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    frame.node->members.shrink_to_fit();
    Add(std::move(frame.node), frame.anchor);
  }
  void Add(YamlNode::Ptr node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = open_.back();
    // Aliases of aliases can nest deeper than the text does.
    const int height = node->height + (node->kind >= YamlNode::Kind::kSequence ? 1 : 0);
    if (static_cast<std::size_t>(height) >= kMaxDepth) RefuseDepth(frame.node->line);
    frame.node->height = std::max(frame.node->height, static_cast<std::uint8_t>(height));
    frame.node->members.push_back({std::move(frame.key), frame.key_line, std::move(node)});
    frame.key.clear();
    frame.has_key = false;
  }

  std::vector<Frame> open_;
  std::map<YAML::anchor_t, YamlNode::Ptr> anchors_;
  std::size_t nodes_ = 0;
  YamlNode::Ptr root_ = std::make_shared<YamlNode>();
};

}  // namespace

const YamlNode::Member* YamlNode::Find(const std::string& key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

YamlNode::Ptr ParseYaml(const std::string& text, YamlError& error) try {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Builder builder;
  parser.HandleNextDocument(builder);
  Builder second;
  if (parser.HandleNextDocument(second)) {
    error = {0, "holds more than one document (allowed: one)"};
    return nullptr;
  }
  return builder.root();
} catch (const YAML::Exception& wrong) {
  error = {wrong.mark.line + 1, "no YAML that can be used: " + wrong.msg};
  return nullptr;
}

}  // namespace mcp_vitals::app
