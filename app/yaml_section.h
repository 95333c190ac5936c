#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/values.h"
#include "app/yaml_node.h"

namespace mcp_vitals::app {

// What is wrong with a configuration file: every message names the file, the line and the key.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}
  // `line` 0: the file as a whole; `key` as in "probe.targets[2].timeout", may be empty.
  void Add(int line, const std::string& key, const std::string& why);
  bool empty() const { return messages_.empty(); }
  const std::string& file() const { return file_; }
  // At most 20, and a last one that says how many more there are.
  std::vector<std::string> Take();

 private:
  static constexpr std::size_t kMaxMessages = 20;
  std::string file_;
  std::vector<std::string> messages_;
  std::size_t more_ = 0;
};

// A map of the configuration, read strictly: each key is asked for by name, and what was not asked
// for is an error. It writes down what it read as YAML, defaults filled in and secrets hidden.
// A null `node` is a map without keys.
class Section {
 public:
  Section(ConfigErrors& errors, YamlNode::Ptr node, std::string path);

  // A value as `parse` understands it, written down as `show` has it; the default if the key is
  // absent, or wrong, which is recorded.
  template <class T, class Parse>
  T Value(const std::string& key, T fallback, const std::string& fallback_text, Parse parse,
          std::string (*show)(std::string_view) = nullptr) {
    const YamlNode* node = Scalar(key);
    if (node == nullptr) {
      if (!fallback_text.empty()) Wrote(key, fallback_text);
      return fallback;
    }
    Parsed<T> parsed = parse(node->scalar);
    if (!parsed) {
      Fail(key, parsed.error().why);
      return fallback;
    }
    Wrote(key, show == nullptr ? node->scalar : show(node->scalar));
    return std::move(*parsed);
  }
  std::string Text(const std::string& key, const std::string& fallback = "");
  Milliseconds Duration(const std::string& key, Milliseconds fallback, Milliseconds max);
  bool Boolean(const std::string& key, bool fallback);
  std::size_t Count(const std::string& key, std::size_t fallback, std::size_t max,
                    std::size_t min = 1);
  std::vector<std::string> Texts(const std::string& key);  // a list of texts, or one alone
  // A map of texts, or what `hidden` replaces them by on the page.
  std::vector<std::pair<std::string, std::string>> TextMap(const std::string& key, bool secret);

  bool Has(const std::string& key) const;
  // The map below `key`; read it to its end and give it back to Put.
  Section Child(const std::string& key);
  void Put(const std::string& key, Section child);
  // Each element of the list of maps below `key`, in turn.
  void Each(const std::string& key, const std::function<void(Section&)>& read);
  // Each member of the map of maps below `key`.
  void EachNamed(const std::string& key,
                 const std::function<void(const std::string& name, Section&)>& read);
  // A value of any shape; null if absent. It is written as `shown`.
  const YamlNode* Any(const std::string& key);
  void Wrote(const std::string& key, std::string_view scalar);
  void WroteJson(const std::string& key, std::string_view json);

  // An error at a key (or at the line of this section, if the key is absent).
  void Fail(const std::string& key, const std::string& why);
  // Reports the keys that nobody asked for. Once, after all others.
  void Finish();

  int line() const { return node_->line; }
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }  // as YAML, each line ended

 private:
  const YamlNode::Member* Find(const std::string& key);
  const YamlNode* Scalar(const std::string& key);
  const YamlNode* OfKind(const std::string& key, YamlNode::Kind kind, const char* allowed);
  std::string PathOf(const std::string& key) const;

  ConfigErrors& errors_;
  YamlNode::Ptr node_;
  bool is_map_ = true;  // else that is the error, and what is missing in it is none
  std::string path_;
  std::vector<std::string> known_;
  std::string text_;
};

// A scalar as YAML that reads back as the same text.
std::string YamlScalar(std::string_view text);

}  // namespace mcp_vitals::app
