#include "mcp/json_reader.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace mcp_vitals::mcp {
namespace {
// An assertion of the library about foreign bytes must end as an error value, not as an abort.
struct JsonAssertion {};
}  // namespace
}  // namespace mcp_vitals::mcp

#define RAPIDJSON_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : throw ::mcp_vitals::mcp::JsonAssertion())
// The library's stack, while empty, adds to a null pointer: harmless, but UBSan says so.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace mcp_vitals::mcp {
namespace {

// Lengths inside the library have 32 bits.
constexpr std::size_t kMaxDocument = std::size_t{1} << 30;

// The library lets the second half of a surrogate pair pass without its first. All else that it
// hands out is valid UTF-8, so the only trace is the half's own encoding: ED B0…BF and a third
// byte.
bool HasSurrogate(const char* text, std::size_t length) {
  const char* const end = text + length;
  for (const char* at = text; at < end; ++at) {
    const void* found = std::memchr(at, '\xED', static_cast<std::size_t>(end - at));
    if (found == nullptr) return false;
    at = static_cast<const char*>(found);
    if (at + 1 < end && static_cast<unsigned char>(at[1]) >= 0xB0) return true;
  }
  return false;
}

// UTF-8 as the library validates it, but plain text is taken in runs, not byte by byte.
struct FastUtf8 : rapidjson::UTF8<> {
  static bool IsPlain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  }
  // Never called; the library's in-place form names it.
  static bool Validate(rapidjson::MemoryStream&, rapidjson::MemoryStream&) { return false; }
  template <class Output>
  static bool Validate(rapidjson::MemoryStream& in, Output& out) {
    const char* end = in.src_;
    while (end != in.end_ && IsPlain(*end)) ++end;
    if (end == in.src_) return rapidjson::UTF8<>::Validate(in, out);
    const auto length = static_cast<std::size_t>(end - in.src_);
    std::memcpy(out.Push(static_cast<rapidjson::SizeType>(length)), in.src_, length);
    in.src_ = end;
    return true;
  }
};

// Passes the library's events on, and counts the depth.
class Adapter {
 public:
  Adapter(JsonHandler& handler, std::string_view document)
      : handler_(handler),
        may_have_surrogates_(document.find("\\ud") != std::string_view::npos ||
                             document.find("\\uD") != std::string_view::npos) {}
  std::optional<Error> error() const { return error_; }

  bool Null() { return handler_.OnScalar(JsonType::kNull, "null"); }
  bool Bool(bool value) { return handler_.OnScalar(JsonType::kBoolean, value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return handler_.OnScalar(JsonType::kNumber, {text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return Valid(text, length) && handler_.OnScalar(JsonType::kString, {text, length});
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    return Valid(text, length) && handler_.OnKey({text, length});
  }
  bool StartObject() { return Start(JsonType::kObject); }
  bool EndObject(rapidjson::SizeType) { return End(); }
  bool StartArray() { return Start(JsonType::kArray); }
  bool EndArray(rapidjson::SizeType) { return End(); }

  // Numbers arrive by RawNumber alone; the library's templates name these too.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  bool Start(JsonType type) {
    if (depth_ == kMaxJsonDepth) return Fail(Error::kTooDeep);
    ++depth_;
    return handler_.OnStart(type);
  }
  bool End() {
    --depth_;
    return handler_.OnEnd();
  }
  bool Valid(const char* text, std::size_t length) {
    if (!may_have_surrogates_ || !HasSurrogate(text, length)) return true;
    return Fail(Error::kMalformedJson);
  }
  bool Fail(Error error) {
    error_ = error;
    return false;
  }

  JsonHandler& handler_;
  const bool may_have_surrogates_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<bool> ReadJson(std::string_view document, JsonHandler& handler) try {
  if (document.size() > kMaxDocument) return Error::kTooLarge;
  // It calls itself for each open container, of which the adapter allows few.
  constexpr unsigned kFlags =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(document.data(), document.size());
  rapidjson::GenericReader<FastUtf8, FastUtf8> reader;
  Adapter adapter(handler, document);
  const rapidjson::ParseResult parsed = reader.Parse<kFlags>(stream, adapter);
  if (adapter.error()) return *adapter.error();
  if (parsed.Code() == rapidjson::kParseErrorTermination) return false;
  // A NUL byte looks like the end to the library.
  if (parsed.IsError() || stream.Tell() != document.size()) return Error::kMalformedJson;
  return true;
} catch (const JsonAssertion&) {
  return Error::kMalformedJson;
}

}  // namespace mcp_vitals::mcp
