#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mcp_vitals::app {

// A value of a YAML document, and the line it stands on. An alias shares its anchor's node, so a
// document never takes more memory than its text calls for.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  using Ptr = std::shared_ptr<const YamlNode>;
  struct Member {
    std::string key;  // "" in a sequence
    int line = 0;     // of the key
    Ptr value;
  };

  Kind kind = Kind::kNull;
  bool quoted = false;      // a scalar in quotes: always a string
  std::uint8_t height = 0;  // containers below this one, aliases followed
  int line = 0;             // from 1
  std::string scalar;
  std::vector<Member> members;  // elements of a sequence, or members of a map, in order

  const Member* Find(const std::string& key) const;
};

struct YamlError {
  int line = 0;
  std::string why;
};

// Reads one document; null with `error` set if it is not YAML, nests deeper than 32, has more than
// 500,000 values, a key twice in a map, a key that is no scalar, or an alias inside its own anchor.
// An empty document is a null node.
YamlNode::Ptr ParseYaml(const std::string& text, YamlError& error);

}  // namespace mcp_vitals::app
