#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "mcp/error.h"
#include "mcp/json_type.h"

// The one fence around the JSON library: text in, events out. No document is built, so memory is
// that of the longest string and of what the handler keeps.
namespace mcp_vitals::mcp {

inline constexpr std::size_t kMaxJsonDepth = 128;  // containers open at once

// Hears of a document's values in the order of the text. Every function returns false to stop the
// reading; the handler knows why. Views hold during the call only.
class JsonHandler {
 public:
  // The name of the member whose value comes next.
  virtual bool OnKey(std::string_view key) = 0;
  // `text` is a string's content without escapes, valid UTF-8, or else the text as sent.
  virtual bool OnScalar(JsonType type, std::string_view text) = 0;
  virtual bool OnStart(JsonType type) = 0;  // kArray or kObject
  virtual bool OnEnd() = 0;

 protected:
  ~JsonHandler() = default;
};

// Reads one document: true when it was read to its end, false when the handler stopped it. Bytes
// after the document other than white space are an error, and so are invalid UTF-8, lone surrogates
// and numbers beyond the range of a double (which RFC 8259, section 9, leaves to the reader).
// `document` is neither copied nor changed, and needs no NUL behind it.
Result<bool> ReadJson(std::string_view document, JsonHandler& handler);

// A stack of what a handler knows about each open container. ReadJson keeps it from overflowing.
template <class T>
class JsonStack {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& top() { return items_[size_ - 1]; }
  void push(const T& item) { items_[size_++] = item; }
  T pop() { return items_[--size_]; }
  void clear() { size_ = 0; }

 private:
  std::array<T, kMaxJsonDepth> items_;
  std::size_t size_ = 0;
};

}  // namespace mcp_vitals::mcp
