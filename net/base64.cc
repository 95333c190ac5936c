#include "net/base64.h"

#include <openssl/evp.h>

#include <cstddef>

namespace mcp_vitals::net {

namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // it ends what it writes with a NUL
  const int size = EVP_EncodeBlock(Bytes(out), Bytes(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(Bytes(out), Bytes(text), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size));
  for (std::size_t padding = 0; padding < 2 && text.size() > padding; ++padding) {
    if (text[text.size() - 1 - padding] != '=' || out.empty()) break;
    out.pop_back();
  }
  // OpenSSL takes blanks around it, and padding anywhere.
  if (EncodeBase64(out) != text) return std::nullopt;
  return out;
}

}  // namespace mcp_vitals::net
