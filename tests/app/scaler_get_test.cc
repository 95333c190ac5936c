#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "mcp/json_pointer.h"
#include "scaler/board.h"
#include "scaler/server.h"
#include "tests/app/program.h"
#include "tests/support/certificates.h"

// `mcp-vitals scaler get` as people and scripts meet it, against a scaler.
namespace mcp_vitals::app {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kMember[] = "10.0.0.1:9788";

struct Ran {
  int status = 0;
  std::string out, err;
};

class ScalerGetTest : public testing::Test {
 protected:
  ScalerGetTest() { Serve(std::nullopt); }
  void Serve(const std::optional<scaler::ServerTls>& tls) {
    std::string error;
    server_.reset();
    server_ = scaler::Server::Start({"127.0.0.1:0", tls}, service_, error);
    ASSERT_NE(server_, nullptr) << error;
    // Not by name: gRPC's use of c-ares 1.18 leaks the name, at which LeakSanitizer fails the
    // command.
    address_ = "127.0.0.1:" + std::to_string(server_->port());
  }
  // The one member holds 120 streams, or does not answer.
  void See(bool answers) {
    const scaler::Time now = scaler::Time() + seconds(1000);
    board_.SetMembers("f", {kMember}, now);
    vitals::Snapshot snapshot;
    snapshot.boot = snapshot.sequence = 1;
    snapshot.state = vitals::MemberState::kServing;
    snapshot.streams[static_cast<std::size_t>(vitals::StreamKind::kGet)] = 120;
    if (answers) board_.Heard("f", kMember, std::move(snapshot), now);
    if (!answers) board_.Failed("f", kMember, "timeout");
    board_.Tick(now);
  }
  Ran Get(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {PROGRAM, "scaler", "get", address_});
    Program program(std::move(arguments));
    Ran ran;
    ran.status = program.Wait();
    ran.out = program.out();
    ran.err = program.err();
    return ran;
  }

  scaler::Board board_{{{"f", {}}}, 7};
  scaler::Service service_{board_};
  std::unique_ptr<scaler::Server> server_;
  std::string address_;
};

std::string Find(const std::string& json, const std::string& pointer) {
  const auto found = mcp::FindJson(json, pointer);
  return found && *found ? (*found)->scalar : "(nothing)";
}

TEST_F(ScalerGetTest, ShowsTheAnswerAndWhy) {
  See(true);
  const Ran ran = Get({"fleet=f", "metric=connections"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part : {"metric   connections\n", "target   50\n", "value    120\n",
                           "pods     3 asked for, 1 seen\n", "rule     streams\n", "active   yes\n",
                           "KEDA is told 120 streams, 50 to a pod: 3 pods.", "goes up to 3 pods",
                           "\nWhat would change it\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  EXPECT_EQ(ran.err, "");
}

TEST_F(ScalerGetTest, JsonIsForPrograms) {
  See(true);
  const Ran ran = Get({"fleet=f", "--output", "json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(Find(ran.out, "/metric"), "load");
  EXPECT_EQ(Find(ran.out, "/target"), "1");
  EXPECT_EQ(Find(ran.out, "/value"), "3");
  EXPECT_EQ(Find(ran.out, "/pods"), "3");
  EXPECT_EQ(Find(ran.out, "/active"), "true");
  EXPECT_EQ(Find(ran.out, "/status"), "OK");
  EXPECT_THAT(Find(ran.out, "/explanation/answer"), HasSubstr("KEDA is told 3 pods."));
}

TEST_F(ScalerGetTest, BlindIsUnavailableAndOne) {
  See(false);
  Ran ran = Get({"fleet=f"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("value    UNAVAILABLE: none of the fleet's 1 members answers"));
  EXPECT_THAT(ran.out, HasSubstr("At least half of the members must answer"));
  ran = Get({"fleet=f", "--output", "json"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(Find(ran.out, "/status"), "UNAVAILABLE");
  EXPECT_EQ(Find(ran.out, "/value"), "null");
}

TEST_F(ScalerGetTest, NobodyThereIsOneAndNamesTheAddress) {
  server_->Stop();
  const Ran ran = Get({"fleet=f"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("mcp-vitals scaler get: " + address_ + ": "));
}

TEST_F(ScalerGetTest, AWrongTriggerIsTwoWithTheServersWords) {
  See(true);
  Ran ran = Get({"fleet=f", "metric=cpu"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("metric: \"cpu\" can't be used (allowed: load, connections"));
  ran = Get({"fleet=g"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("\"g\" is no fleet of this scaler"));
}

TEST_F(ScalerGetTest, SpeaksTlsAndShowsItsCertificate) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer sees OpenSSL's memory, and not the locks of gRPC's threads";
#endif
  See(true);
  const support::TempDir dir;
  const support::Authority authority;
  const support::Identity own = authority.Issue({});
  const std::string ca_file = dir.Write("ca.pem", authority.Pem());
  const std::string cert_file = dir.Write("cert.pem", own.ChainPem());
  const std::string key_file = dir.Write("key.pem", own.KeyPem());
  Serve(scaler::ServerTls{cert_file, key_file, ca_file});
  Ran ran = Get(
      {"fleet=f", "--tls", "--ca-file", ca_file, "--cert-file", cert_file, "--key-file", key_file});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("value    3\n"));
  ran = Get({"fleet=f", "--tls", "--ca-file", ca_file});
  EXPECT_EQ(ran.status, 1) << "the server wants a certificate";
  ran = Get({"fleet=f"});
  EXPECT_EQ(ran.status, 1) << "and TLS";
}

}  // namespace
}  // namespace mcp_vitals::app
