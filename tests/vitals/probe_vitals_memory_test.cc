#include <gtest/gtest.h>
#include <malloc.h>

#include <string>

#include "vitals/probe_vitals.h"

namespace mcp_vitals::vitals {
namespace {

// What a full result of an https target holds, its strings as long as they commonly are.
ProbeResult FullResult(const std::string& target) {
  ProbeResult result;
  result.target = target;
  result.url = "https://" + target + ".example.com/mcp";
  result.success = false;
  result.reason = Reason::kCanaryFailed;
  result.phase = Phase::kCanary;
  result.detail = std::string(200, 'd');
  result.hint = std::string(120, 'h');
  for (auto& phase : result.phases) phase = Seconds(0.01);
  result.era = "legacy";
  result.protocol_version = "2025-06-18";
  result.transport = "streamable_http";
  result.server_name = "example-servers/everything";
  result.server_version = "2.0.0";
  result.manifest_digest = std::string(32, 'f');
  result.certificate = Certificate{{}, {}, std::string(60, 'i'), std::string(60, 's'), ""};
  result.address = "2001:db8:85a3::8a2e:370:7334";
  result.address_scope = AddressScope::kPublic;
  return result;
}

std::size_t HeapInUse() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

bool HasOwnAllocator() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;  // sanitizers replace malloc, and with it what it tells of itself
#else
  return false;
#endif
}

TEST(ProbeVitalsMemoryTest, TakesLessThanFourKilobytesATarget) {
  if (HasOwnAllocator()) GTEST_SKIP() << "the sanitizer's malloc does not say what is in use";
  constexpr std::size_t kTargets = 5000;
  ProbeVitals vitals;
  const std::size_t before = HeapInUse();
  {
    std::vector<ProbeVitals::Key> keys;
    for (std::size_t i = 0; i < kTargets; ++i) keys.push_back({"t" + std::to_string(i), "eu"});
    vitals.SetTargets(keys);
    for (const auto& key : keys) vitals.Record(FullResult(key.target));
  }
  const std::size_t each = (HeapInUse() - before) / kTargets;
  RecordProperty("bytes_per_target", static_cast<int>(each));
  EXPECT_GT(each, sizeof(TargetVitals));
  EXPECT_LT(each, 4096u);
}

TEST(ProbeVitalsMemoryTest, DoesNotKeepAllThatALongWindedServerSays) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  ProbeResult result = FullResult("a");
  for (auto* text : {&result.detail, &result.hint, &result.server_name, &result.server_version,
                     &result.protocol_version, &result.resource_metadata,
                     &result.certificate->subject, &result.certificate->verification}) {
    text->assign(std::size_t{1} << 20, 'x');
  }
  vitals.Record(std::move(result));
  vitals.ForEach([](const TargetVitals& a) {
    const ProbeResult& last = *a.last;
    for (const auto* text :
         {&last.detail, &last.hint, &last.server_name, &last.server_version, &last.protocol_version,
          &last.resource_metadata, &last.certificate->subject, &last.certificate->verification}) {
      EXPECT_FALSE(text->empty());
      EXPECT_LE(text->capacity(), 1100u);
    }
  });
}

}  // namespace
}  // namespace mcp_vitals::vitals
