#include "scaler/credentials.h"

#include <cstddef>
#include <fstream>

namespace mcp_vitals::scaler {

std::string AuthorizationHeader(const std::string& type, const std::string& file) {
  if (file.empty()) return {};
  constexpr std::size_t kMaxSecret = 16 << 10;
  std::ifstream in(file, std::ios::binary);
  std::string secret(kMaxSecret, '\0');
  in.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(in.gcount()));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret.empty() ? "" : type + " " + secret;
}

}  // namespace mcp_vitals::scaler
