// `/vitals` as a page: what is asked, in what form it answers, and what scalers leave here.

#include "net/base64.h"
#include "tests/app/program.h"
#include "tests/app/vitals_fixture.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;

constexpr char kIdentity[] =
    "identity: {pod: pod-1, pod_uid: uid-1, namespace: mcp, revision: r7, node: n}\n";

void ExpectWhatClientsDid(const Snapshot& snapshot) {
  EXPECT_THAT(snapshot.streams, ElementsAre(0, 2, 1, 1)) << "sse, get, post, listen";
  EXPECT_EQ(snapshot.unsorted_streams, 0u);
  EXPECT_EQ(snapshot.sessions, 1u);
  EXPECT_TRUE(snapshot.sees_operations);
  EXPECT_GE(snapshot.in_flight, 1u);
  ASSERT_TRUE(snapshot.tools.contains("add"));
  EXPECT_EQ(snapshot.tools.at("add").done.count(), 4u);
  EXPECT_EQ(snapshot.tools.at("add").in_flight.count(), 0u);
  ASSERT_TRUE(snapshot.tools.contains("_OTHER"));
  EXPECT_EQ(snapshot.tools.at("_OTHER").done.count(), 1u);
  ASSERT_TRUE(snapshot.tools.contains("wait"));
  EXPECT_EQ(snapshot.tools.at("wait").done.count(), 0u);
  EXPECT_EQ(snapshot.tools.at("wait").in_flight.count(), 1u);
}

std::uint16_t FreePort() { return support::RefusedPort().port(); }

TEST(VitalsProgramTest, TellsWhatItsClientsDo) {
  std::string error;
  const auto server = SampleServer::Start({}, error);
  const std::uint16_t pages = FreePort();
  const std::uint16_t proxy = FreePort();
  const support::TempDir dir;
  const std::string file = dir.Write(
      "f.yml",
      std::string(kIdentity) + "http: {listen: '127.0.0.1:" + std::to_string(pages) +
          "'}\nadmin: {listen: 'unix:" + dir.path() +
          "/admin.sock'}\nproxy: {server: files, listen: '127.0.0.1:" + std::to_string(proxy) +
          "', upstream: 'http://127.0.0.1:" + std::to_string(server->port()) +
          "', drain: {lame_duck: 1ms, timeout: 1s}}\n");
  Program program({PROGRAM, "run", "--config", file});
  ASSERT_TRUE(program.WaitFor("msg=started"));
  const Clients clients(proxy);
  const Snapshot snapshot = Decoded(Get(pages, "/vitals"));
  ExpectWhatClientsDid(snapshot);
  EXPECT_EQ(snapshot.identity, (vitals::Identity{"pod-1", "uid-1", "mcp", "r7", "n", "files"}));
  EXPECT_EQ(snapshot.state, MemberState::kServing);
  program.Signal(SIGKILL);
  program.Wait();
  Program again({PROGRAM, "run", "--config", file});
  ASSERT_TRUE(again.WaitFor("msg=started"));
  EXPECT_NE(Decoded(Get(pages, "/vitals")).boot, snapshot.boot) << "a start is another boot";
}

TEST_F(VitalsPageTest, IsOneBootWhoseSequenceGrows) {
  Start(Yaml("", Proxy()));
  const Snapshot first = Vitals(), second = Vitals("?format=protobuf");
  EXPECT_NE(first.boot, 0u);
  EXPECT_EQ(first.boot, second.boot);
  EXPECT_LT(first.sequence, second.sequence);
}

TEST_F(VitalsPageTest, IsJsonForPeopleWhoAskForIt) {
  Start(std::string(kIdentity) + Yaml("", Proxy()));
  const Clients clients(proxy_port());
  Leave("f", "AAEC");
  const HttpAnswer answer = Page("/vitals?format=json&fleet=f");
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: application/json"));
  const auto found = [&answer](const char* pointer) { return Find(answer.body, pointer); };
  EXPECT_EQ(found("/identity/pod"), "pod-1");
  EXPECT_EQ(found("/identity/server"), "files");
  EXPECT_EQ(found("/boot"), std::to_string(Vitals().boot));
  EXPECT_EQ(found("/state"), "serving");
  EXPECT_EQ(found("/streams/get"), "2");
  EXPECT_EQ(found("/streams/unsorted"), "0");
  EXPECT_EQ(found("/sees_operations"), "true");
  EXPECT_EQ(found("/sessions"), "1");
  EXPECT_EQ(found("/tools/add/done_seconds/count"), "4");
  EXPECT_THAT(std::stod(found("/tools/add/done_seconds/p99")), AllOf(Ge(1e-4), Lt(30)));
  EXPECT_EQ(found("/tools/wait/in_flight_seconds/count"), "1");
  EXPECT_EQ(found("/echo"), "AAEC");
}

TEST_F(VitalsPageTest, EchoesWhatAScalerLeftBefore) {
  Start(Yaml("", Proxy()));
  const std::string state("\0one", 4);
  EXPECT_EQ(Decoded(Leave("f", net::EncodeBase64(state))).echo, "");
  EXPECT_EQ(Decoded(Leave("f", net::EncodeBase64("two"))).echo, state);
  EXPECT_EQ(Vitals("?fleet=f").echo, "two");
  EXPECT_EQ(Vitals("?fleet=f").echo, "two");
  EXPECT_EQ(Vitals("?fleet=g").echo, "");
  EXPECT_EQ(Vitals().echo, "");
  const std::string largest(6144, 'x');  // 8 KiB of base64
  EXPECT_EQ(Leave("f", net::EncodeBase64(largest)).status, 200);
  EXPECT_EQ(Vitals("?fleet=f").echo, largest);
}

TEST_F(VitalsPageTest, NamesWhatIsWrongWithARequest) {
  Start(Yaml("", Proxy()));
  Leave("f", "AAEC");
  for (const std::string& wrong :
       {std::string("AAE"), std::string("no base64"), net::EncodeBase64(std::string(6145, 'x'))}) {
    const HttpAnswer answer = Leave("f", wrong);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("Mcp-Vitals-Echo"));
  }
  EXPECT_EQ(Vitals("?fleet=f").echo, std::string("\0\1\2", 3)) << "what was left stays";
  EXPECT_THAT(Page("/vitals?format=xml").body, HasSubstr("format"));
  EXPECT_EQ(Page("/vitals?format=xml").status, 400);
  EXPECT_EQ(Page("/vitals?fleet=" + std::string(1025, 'x')).status, 400);
  EXPECT_EQ(Page("/vitals?fleet=" + std::string(1024, 'x')).status, 200);
}

TEST_F(VitalsPageTest, IsForThoseWhoMayReadTheOtherPages) {
  dir_.Write("web.yml",
             "basic_auth_users:\n"
             "  alice: $2y$04$......................MeOwlsFXnCpqBDLOYN7UsSJUdiTbnBS\n");
  Start("http: {listen: '127.0.0.1:0', web_config_file: web.yml}\nadmin: {listen: 'unix:" +
        Socket() + "'}\n" + Proxy());
  EXPECT_EQ(Page("/vitals").status, 401);
}

}  // namespace
}  // namespace mcp_vitals::app
