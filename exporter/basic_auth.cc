#include "exporter/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>

#include "net/base64.h"

namespace mcp_vitals::exporter {
namespace {

constexpr int kMaxVerifying = 2;
constexpr int kMaxWaiting = 4;
constexpr std::size_t kMaxRemembered = 100;
constexpr std::size_t kMaxCredentials = 1024;  // bytes of user, colon and password

bool HasBasicScheme(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  return authorization.size() >= kScheme.size() &&
         std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

BasicAuth::BasicAuth(std::map<std::string, std::string> users)
    : users_(std::move(users)), salt_(32, '\0') {
  RAND_bytes(reinterpret_cast<unsigned char*>(salt_.data()), static_cast<int>(salt_.size()));
}

BasicAuth::~BasicAuth() = default;

BasicAuth::Verdict BasicAuth::Check(std::string_view authorization) {
  if (!HasBasicScheme(authorization)) return Verdict::kDenied;
  authorization.remove_prefix(6);
  if (authorization.size() > kMaxCredentials * 4 / 3) return Verdict::kDenied;
  const auto credentials = net::DecodeBase64(authorization);
  const auto colon = credentials ? credentials->find(':') : std::string::npos;
  // bcrypt and crypt_r end at a NUL: what follows it would not be part of the password.
  if (colon == std::string::npos || credentials->find('\0') != std::string::npos) {
    return Verdict::kDenied;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  unsigned int mac_size = 0;
  HMAC(EVP_sha256(), salt_.data(), static_cast<int>(salt_.size()),
       reinterpret_cast<const unsigned char*>(credentials->data()), credentials->size(), mac.data(),
       &mac_size);
  const std::string key(mac.begin(), mac.begin() + mac_size);

  std::unique_lock lock(mutex_);
  if (Remembered(key)) return Verdict::kAllowed;
  if (verifying_ >= kMaxVerifying && waiting_ >= kMaxWaiting) return Verdict::kBusy;
  ++waiting_;
  freed_.wait(lock, [this] { return verifying_ < kMaxVerifying; });
  --waiting_;
  if (Remembered(key)) {  // another request was first
    freed_.notify_one();
    return Verdict::kAllowed;
  }
  ++verifying_;
  lock.unlock();
  const bool good = Verify(credentials->substr(0, colon), credentials->substr(colon + 1));
  lock.lock();
  --verifying_;
  freed_.notify_one();
  if (good) Remember(key);
  return good ? Verdict::kAllowed : Verdict::kDenied;
}

bool BasicAuth::Remembered(const std::string& key) {
  const auto found = std::find(remembered_.begin(), remembered_.end(), key);
  if (found == remembered_.end()) return false;
  remembered_.splice(remembered_.begin(), remembered_, found);
  return true;
}

void BasicAuth::Remember(const std::string& key) {
  if (Remembered(key)) return;
  remembered_.push_front(key);
  if (remembered_.size() > kMaxRemembered) remembered_.pop_back();
}

bool BasicAuth::Verify(const std::string& user, const std::string& password) const {
  if (users_.empty()) return false;
  const auto found = users_.find(user);
  const std::string& hash = found != users_.end() ? found->second : users_.begin()->second;
  const auto data = std::make_unique<crypt_data>();  // 32 KiB, too much for a thread's stack
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool same = made && hash == made;
  OPENSSL_cleanse(data.get(), sizeof *data);
  return same && found != users_.end();
}

}  // namespace mcp_vitals::exporter
