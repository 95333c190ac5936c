#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace mcp_vitals::exporter {

// HTTP Basic authentication against bcrypt hashes. A verification costs some 50 ms of CPU (cost
// 10), so good verdicts are remembered, under a salted hash of what was presented, and only a few
// are made at once. An unknown name costs as much as a wrong password. Thread-safe.
class BasicAuth {
 public:
  enum class Verdict { kAllowed, kDenied, kBusy };  // kBusy: too many verifications at once

  explicit BasicAuth(std::map<std::string, std::string> users);  // name -> bcrypt hash
  ~BasicAuth();

  // `authorization`: the header's value. Blocks for as long as a verification takes.
  Verdict Check(std::string_view authorization);

 private:
  bool Remembered(const std::string& key);
  void Remember(const std::string& key);
  bool Verify(const std::string& user, const std::string& password) const;

  const std::map<std::string, std::string> users_;
  std::string salt_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int verifying_ = 0;
  int waiting_ = 0;
  std::list<std::string> remembered_;  // the newest first
};

}  // namespace mcp_vitals::exporter
