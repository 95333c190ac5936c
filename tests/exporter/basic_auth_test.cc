#include "exporter/basic_auth.h"

#include <crypt.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace mcp_vitals::exporter {
namespace {

using Verdict = BasicAuth::Verdict;

// A salt is 22 characters of bcrypt's own alphabet.
std::string Hash(const std::string& password, const std::string& variant_and_cost = "$2b$04$") {
  const auto data = std::make_unique<crypt_data>();
  return crypt_r(password.c_str(), (variant_and_cost + "abcdefghijklmnopqrstuu").c_str(),
                 data.get());
}

std::string Basic(const std::string& credentials) {
  std::vector<unsigned char> encoded(credentials.size() * 2 + 4);
  const int size =
      EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(credentials.data()),
                      static_cast<int>(credentials.size()));
  return "Basic " + std::string(encoded.begin(), encoded.begin() + size);
}

TEST(BasicAuthTest, AllowsTheRightPasswordInEachVariantOfBcrypt) {
  for (const char* variant : {"$2a$04$", "$2b$04$", "$2y$04$"}) {
    BasicAuth auth({{"ops", Hash("secret", variant)}});
    EXPECT_EQ(auth.Check(Basic("ops:secret")), Verdict::kAllowed) << variant;
    EXPECT_EQ(auth.Check(Basic("ops:Secret")), Verdict::kDenied) << variant;
  }
}

TEST(BasicAuthTest, TakesThePasswordFromTheFirstColonOn) {
  BasicAuth auth({{"ops", Hash("a:b:")}});
  EXPECT_EQ(auth.Check(Basic("ops:a:b:")), Verdict::kAllowed);
  EXPECT_EQ(auth.Check(Basic("ops:a")), Verdict::kDenied);
}

TEST(BasicAuthTest, DeniesOneUserThePasswordOfAnother) {
  BasicAuth auth({{"a", Hash("first")}, {"b", Hash("second")}});
  EXPECT_EQ(auth.Check(Basic("a:first")), Verdict::kAllowed);
  EXPECT_EQ(auth.Check(Basic("b:first")), Verdict::kDenied);
  EXPECT_EQ(auth.Check(Basic("stranger:first")), Verdict::kDenied);
  EXPECT_EQ(auth.Check(Basic(":first")), Verdict::kDenied);
}

TEST(BasicAuthTest, DeniesWhatIsNoBasicAuthorization) {
  BasicAuth auth({{"ops", Hash("secret")}});
  for (const std::string& authorization : std::vector<std::string>{
           "", "Basic", "Basic ", "Basic =", "Basic ====", "Basic %%%%", "Basic b3Bz",
           "Bearer b3BzOnNlY3JldA==", "Basic b3BzOnNlY3JldA", "b3BzOnNlY3JldA=="}) {
    EXPECT_EQ(auth.Check(authorization), Verdict::kDenied) << authorization;
  }
  EXPECT_EQ(auth.Check("Basic " + std::string(1 << 20, 'A')), Verdict::kDenied);
}

// crypt_r would take "secret\0anything" for "secret".
TEST(BasicAuthTest, DeniesAPasswordWithANul) {
  BasicAuth auth({{"ops", Hash("secret")}});
  EXPECT_EQ(auth.Check(Basic(std::string("ops:secret\0more", 15))), Verdict::kDenied);
}

TEST(BasicAuthTest, TakesTheSchemeInAnyCase) {
  BasicAuth auth({{"ops", Hash("secret")}});
  EXPECT_EQ(auth.Check("bAsIc b3BzOnNlY3JldA=="), Verdict::kAllowed);
}

// At cost 8 a verification takes milliseconds, a remembered one microseconds.
TEST(BasicAuthTest, RemembersAGoodVerdictButNoBadOne) {
  BasicAuth auth({{"ops", Hash("secret", "$2b$08$")}});
  const auto time_of = [&](const std::string& credentials) {
    const auto begin = std::chrono::steady_clock::now();
    auth.Check(Basic(credentials));
    return std::chrono::steady_clock::now() - begin;
  };
  time_of("ops:secret");
  const auto remembered = time_of("ops:secret");
  const auto wrong = time_of("ops:wrong");
  const auto stranger = time_of("nobody:secret");
  EXPECT_LT(remembered * 3, wrong);
  // An unknown name costs as much as a wrong password: names can't be found out by the clock.
  EXPECT_GT(stranger * 3, wrong);
}

TEST(BasicAuthTest, MakesFewVerificationsAtOnceAndRefusesTheRest) {
  BasicAuth auth({{"ops", Hash("secret", "$2b$10$")}});
  std::atomic<int> busy{0};
  std::atomic<int> denied{0};
  std::vector<std::thread> attackers;
  for (int i = 0; i < 16; ++i) {
    attackers.emplace_back([&, i] {
      const Verdict verdict = auth.Check(Basic("ops:guess" + std::to_string(i)));
      ++(verdict == Verdict::kBusy ? busy : denied);
    });
  }
  for (auto& attacker : attackers) attacker.join();
  EXPECT_GT(busy, 0);
  EXPECT_GT(denied, 0);
  EXPECT_EQ(auth.Check(Basic("ops:secret")), Verdict::kAllowed);
}

TEST(BasicAuthTest, AnswersARememberedUserWhileOthersGuess) {
  BasicAuth auth({{"ops", Hash("secret", "$2b$08$")}});
  ASSERT_EQ(auth.Check(Basic("ops:secret")), Verdict::kAllowed);
  std::atomic<bool> stop{false};
  std::vector<std::thread> attackers;
  for (int i = 0; i < 8; ++i) {
    attackers.emplace_back([&] {
      while (!stop) auth.Check(Basic("ops:wrong"));
    });
  }
  for (int i = 0; i < 200; ++i) EXPECT_EQ(auth.Check(Basic("ops:secret")), Verdict::kAllowed);
  stop = true;
  for (auto& attacker : attackers) attacker.join();
}

}  // namespace
}  // namespace mcp_vitals::exporter
