#include "tests/app/program.h"
#include "tests/app/sidecar_fixture.h"
#include "tests/support/raw_server.h"

// A secret is put wherever the configuration and the command line take one, and the server says it
// back in every way it can. It must appear nowhere.
namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "hunter2-correct-horse-battery-staple";
// Of their own, since a secret that is hidden in one place is hidden wherever it comes up.
constexpr char kCookie[] = "cookie-under-the-mattress";
constexpr char kBearer[] = "bearer-of-bad-tidings";

testing::Matcher<std::string> HasNoSecret() {
  return testing::AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr(kCookie)), Not(HasSubstr(kBearer)));
}

// Answers every request with an error that repeats its headers from the first secret one on.
void Echo(support::RawSocket& socket) {
  for (std::string request = socket.ReadRequest(); !request.empty();
       request = socket.ReadRequest()) {
    std::string said;
    request.erase(0, request.find("X-Api-Key"));
    for (const char c : request) said += c == '"' || c == '\\' || c == '\r' || c == '\n' ? ' ' : c;
    const std::string body =
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"" + said +
        "\"}}";
    socket.Send("HTTP/1.1 400 " + std::string(kSecret) +
                "\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
  }
}

// Sends the client to where it was, its credentials in the address.
void Redirect(support::RawSocket& socket) {
  for (std::string request = socket.ReadRequest(); !request.empty();
       request = socket.ReadRequest()) {
    socket.Send("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://user:" + std::string(kCookie) +
                "@127.0.0.1:1/?t=" + std::string(kSecret) + "\r\nContent-Length: 0\r\n\r\n");
  }
}

class SecretsTest : public SidecarFixture {
 protected:
  std::string Target(const std::string& name, const std::string& authority) const {
    return "    - name: " + name + "\n      url: http://" + authority + "/mcp?key=" + kSecret +
           "\n      health_url: http://" + authority + "/health?key=" + kSecret +
           "\n      authorization: {credentials_file: token}\n"
           "      headers: {X-Api-Key: " +
           kSecret + ", Cookie: 'sid=" + kCookie + "; v=1', Proxy-Authorization: 'Bearer " +
           kBearer + "'}\n";
  }
  support::RawServer echo_{Echo};
  support::RawServer redirect_{Redirect};
};

TEST_F(SecretsTest, AppearNowhereWhileItRuns) {
  dir_.Write("token", std::string(kSecret) + "\n");
  dir_.Write("web.yml", "");
  Start(
      "http: {listen: '127.0.0.1:0', web_config_file: web.yml}\nadmin: {listen: '127.0.0.1:0'}\n"
      "probe:\n  targets:\n" +
      Target("echo", echo_.Authority()) + Target("redirect", redirect_.Authority()) +
      "  modules:\n    default:\n      allowed_hosts: [127.0.0.1]\n"
      "      authorization: {credentials_file: token}\n      headers: {X-Api-Key: " +
      kSecret + "}\n");
  ASSERT_TRUE(capture_.WaitFor("target is failing", 2));
  ASSERT_TRUE(BecomesEqual("mcp_probe_success{target=\"echo\"}", "0"));
  ASSERT_TRUE(BecomesEqual("mcp_probe_success{target=\"redirect\"}", "0"));
  EXPECT_THAT(Page("/").body, HasSubstr("X-Api-Key: [hidden]  Cookie: [hidden]  "
                                        "Proxy-Authorization: [hidden]  Authorization: "))
      << "the server repeats them all";
  for (const std::string& authority : {echo_.Authority(), redirect_.Authority()}) {
    const std::string probe = "/probe?target=http://" + authority + "/mcp%3Fkey%3D" + kSecret;
    for (const std::string& page : {probe, probe + "&debug=true"}) {
      const auto answer = Page(page);
      EXPECT_EQ(answer.status, 200);
      EXPECT_THAT(answer.body, HasNoSecret()) << page;
    }
  }
  for (const char* page : {"/", "/metrics", "/config", "/-/ready"}) {
    EXPECT_THAT(Page(page).body, HasNoSecret()) << page;
  }
  EXPECT_THAT(Page("/config").body, HasSubstr("X-Api-Key: \"<secret>\""));
  EXPECT_THAT(Page("/config").body, HasSubstr("key=<hidden>"));

  // Errors of a bad new file, too.
  dir_.Write("mcp-vitals.yml",
             "probe:\n  targets:\n    - name: a\n      url: http://u:" + std::string(kSecret) +
                 "@h/\n      headers: {Bad Name: " + kSecret +
                 "}\n      authorization: {credentials: " + kSecret + "}\n");
  ASSERT_TRUE(capture_.WaitFor("configuration not reloaded"));
  EXPECT_THAT(capture_.text(), HasNoSecret());
}

TEST_F(SecretsTest, AppearNowhereInWhatProbePrints) {
  const std::string token = dir_.Write("token", kSecret);
  for (const std::string& authority : {echo_.Authority(), redirect_.Authority()}) {
    for (const char* output : {"text", "json"}) {
      Program probe({PROGRAM, "probe", "http://" + authority + "/mcp", "--bearer-token-file", token,
                     "--header", "X-Api-Key: " + std::string(kSecret), "--header",
                     "Proxy-Authorization: Bearer " + std::string(kBearer), "--header",
                     "Cookie: sid=" + std::string(kCookie), "--output", output});
      EXPECT_EQ(probe.Wait(), 1);
      EXPECT_THAT(probe.out(), HasNoSecret()) << output;
      EXPECT_EQ(probe.err(), "");
    }
  }
}

}  // namespace
}  // namespace mcp_vitals::app
