// The section `proxy`, and the token by which probes are known.

#include <gmock/gmock.h>

#include "app/config.h"
#include "tests/support/certificates.h"

namespace mcp_vitals::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const std::string kProxy = "proxy:\n  server: files\n  upstream: http://127.0.0.1:3000\n";

std::vector<std::string> Errors(const std::string& yaml) {
  return ParseConfig(yaml, "f.yml").errors;
}

ProxyConfig Good(const std::string& keys = "") {
  const LoadedConfig loaded = ParseConfig(kProxy + keys, "f.yml");
  EXPECT_THAT(loaded.errors, IsEmpty());
  return loaded.config ? *loaded.config->proxy : ProxyConfig();
}

TEST(ConfigProxyTest, AServerAndItsAddressAreEnough) {
  const ProxyConfig proxy = Good();
  const proxy::Settings& settings = proxy.settings;
  EXPECT_EQ(proxy.server, "files");
  EXPECT_EQ(settings.listen, "[::]:9786");
  EXPECT_EQ(settings.upstream_host, "127.0.0.1");
  EXPECT_EQ(settings.upstream_port, 3000);
  EXPECT_EQ(settings.rewrite.host_header, proxy::HostHeader::kPreserve);
  EXPECT_EQ(settings.rewrite.forwarded, proxy::Forwarded::kAppend);
  EXPECT_EQ(settings.drain.lame_duck, seconds(5));
  EXPECT_EQ(settings.drain.timeout, seconds(25));
  EXPECT_FALSE(settings.tls || proxy.access_log || settings.timeouts.stream_idle);
  EXPECT_FALSE(settings.admission.max_in_flight);
  EXPECT_FALSE(settings.observer.read_traceparent);
  EXPECT_GE(settings.max_connections, 100u);
  EXPECT_THAT(proxy.shown, HasSubstr("write_timeout: 1m\n"));
}

TEST(ConfigProxyTest, TheHostMayBeTheServersOrAnother) {
  EXPECT_EQ(Good("  host_header: upstream\n").settings.rewrite.host, "127.0.0.1:3000");
  const auto rewrite = Good("  host_header: mcp.example\n").settings.rewrite;
  EXPECT_EQ(rewrite.host, "mcp.example");
  EXPECT_EQ(rewrite.host_header, proxy::HostHeader::kReplace);
}

TEST(ConfigProxyTest, AnAccessLogReadsTraceContext) {
  const ProxyConfig proxy = Good("  access_log: {sample: 0.1, slow_call: 2s}\n");
  ASSERT_TRUE(proxy.access_log);
  EXPECT_EQ(proxy.access_log->sample, 0.1);
  EXPECT_EQ(proxy.access_log->slow_call, seconds(2));
  EXPECT_TRUE(proxy.settings.observer.read_traceparent);
}

TEST(ConfigProxyTest, EveryLimitIsTaken) {
  const proxy::Settings settings =
      Good(
          "  forwarded: replace\n"
          "  drain: {lame_duck: 1s, timeout: 2s}\n"
          "  findings: {silent: 1m}\n"
          "  limits:\n"
          "    max_connections: 7\n    max_in_flight: 6\n    max_queue: 5\n"
          "    queue_timeout: 100ms\n"
          "    tools: {slow: {timeout: 9s}, few: {max_in_flight: 1}}\n"
          "    request_line_bytes: 100\n    head_bytes: 200\n    head_fields: 3\n"
          "    inspected_body_bytes: 10\n    inspected_bytes: 20\n"
          "    head_timeout: 1s\n    body_timeout: 2s\n    write_timeout: 3s\n"
          "    idle_timeout: 4s\n    connect_timeout: 5s\n    stream_idle_timeout: 6s\n"
          "    max_sessions: 8\n    session_idle: 7m\n    resume_window: 8s\n    max_series: 9\n")
          .settings;
  EXPECT_EQ(settings.rewrite.forwarded, proxy::Forwarded::kReplace);
  EXPECT_EQ(settings.drain.lame_duck, seconds(1));
  EXPECT_EQ(settings.drain.timeout, seconds(2));
  EXPECT_EQ(settings.max_connections, 7u);
  const proxy::Admission& admission = settings.admission;
  EXPECT_EQ(admission.max_in_flight, 6u);
  EXPECT_EQ(admission.max_queue, 5u);
  EXPECT_EQ(admission.queue_timeout, milliseconds(100));
  ASSERT_EQ(admission.tools.size(), 2u);
  EXPECT_EQ(admission.tools.at("slow").timeout, seconds(9));
  EXPECT_FALSE(admission.tools.at("slow").max_in_flight);
  EXPECT_EQ(admission.tools.at("few").max_in_flight, 1u);
  EXPECT_EQ(settings.message.start_line, 100u);
  EXPECT_EQ(settings.message.head, 200u);
  EXPECT_EQ(settings.message.fields, 3u);
  EXPECT_EQ(settings.bodies.per_body, 10u);
  EXPECT_EQ(settings.bodies.left, 20u);
  const proxy::Timeouts& times = settings.timeouts;
  EXPECT_EQ(times.head, seconds(1));
  EXPECT_EQ(times.body, seconds(2));
  EXPECT_EQ(times.write, seconds(3));
  EXPECT_EQ(times.idle, seconds(4));
  EXPECT_EQ(times.connect, seconds(5));
  EXPECT_EQ(times.stream_idle, seconds(6));
  const proxy::ObserverOptions& observer = settings.observer;
  EXPECT_EQ(observer.silent, minutes(1));
  EXPECT_EQ(observer.max_sessions, 8u);
  EXPECT_EQ(observer.session_idle, minutes(7));
  EXPECT_EQ(observer.resume_window, seconds(8));
  EXPECT_EQ(observer.max_series, 9u);
  EXPECT_THAT(observer.counted_tools, UnorderedElementsAre("slow", "few"));
  EXPECT_THAT(observer.tool_timeouts, ElementsAre(testing::Pair("slow", seconds(9))));
}

TEST(ConfigProxyTest, AQueueWithoutRoomIsTheDefaultAndMayBeWritten) {
  EXPECT_THAT(Good().shown, HasSubstr("  max_queue: 0\n"));
  const ProxyConfig written = Good("  limits: {max_in_flight: 1, max_queue: 0}\n");
  EXPECT_EQ(written.settings.admission.max_queue, 0u);
  EXPECT_THAT(written.shown, HasSubstr("  max_queue: 0\n"));
}

TEST(ConfigProxyTest, WhatIsMissingOrWrongIsNamed) {
  EXPECT_THAT(Errors("proxy: {upstream: 'http://h:1'}\n"),
              ElementsAre("f.yml:1: proxy.server: is missing (allowed: the server's name)"));
  EXPECT_THAT(Errors("proxy: {server: a}\n"),
              ElementsAre("f.yml:1: proxy.upstream: is missing (allowed: http://host:port)"));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"  host_header: 'a b'\n", "proxy.host_header: \"a b\" is no Host header"},
      {"  forwarded: maybe\n", "proxy.forwarded: \"maybe\" is not known"},
      {"  drain: {lame_duck: 9s, timeout: 9s}\n", "proxy.drain.timeout: ends with the lame duck"},
      {"  access_log: {sample: 2}\n", "proxy.access_log.sample: \"2\" is no share"},
      {"  access_log: {sample: 0.5x}\n", "proxy.access_log.sample: \"0.5x\" is no share"},
      {"  limits: {max_in_flight: 0}\n", "proxy.limits.max_in_flight: "},
      {"  limits: {max_queue: -1}\n", "\"-1\" is out of range (allowed: 0 to 1000000)"},
      {"  limits: {head_bytes: 10}\n", "proxy.limits.request_line_bytes: is more than head_bytes"},
      {"  limits: {tools: {a: {}}}\n", "limits nothing (allowed: timeout, max_in_flight or both)"},
      {"  limits: {max_connection: 1}\n", "did you mean max_connections?"},
  };
  for (const auto& [keys, error] : cases) {
    EXPECT_THAT(Errors(kProxy + keys), ElementsAre(HasSubstr(error))) << keys;
  }
  for (const std::string upstream : {"https://h:1", "http://h/path", "h:1", "''"}) {
    EXPECT_THAT(Errors("proxy: {server: a, upstream: " + upstream + "}\n"),
                ElementsAre(HasSubstr("is no server behind the proxy (allowed: http://host:port)")))
        << upstream;
  }
}

TEST(ProbeTokenTest, IsReadFromAFileAndShownNowhere) {
  const support::TempDir dir;
  dir.Write("token", "correct-horse-battery\n");
  const LoadedConfig loaded =
      ParseConfig("probe_token_file: token\n" + kProxy, dir.path() + "/f.yml");
  ASSERT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.config->probe_token, "correct-horse-battery");
  EXPECT_THAT(loaded.config->shown, HasSubstr("probe_token_file: token\n"));
  EXPECT_THAT(loaded.config->shown, Not(HasSubstr("horse")));
  EXPECT_THAT(loaded.config->files, testing::Contains(dir.path() + "/token"));
}

TEST(ProbeTokenTest, MustNotBeGuessedNorBreakAHeader) {
  const support::TempDir dir;
  const std::string yaml = "probe_token_file: token\n" + kProxy;
  const auto load = [&] { return ParseConfig(yaml, dir.path() + "/f.yml").errors; };
  EXPECT_THAT(load(), ElementsAre(HasSubstr("probe_token_file: ")));
  for (const std::string token :
       {"", "short", "correct horse battery", "correct-horse-batt\x80ry"}) {
    dir.Write("token", token);
    EXPECT_THAT(load(), ElementsAre(HasSubstr("holds no token (allowed: 16 or more visible "
                                              "characters)")))
        << token;
  }
}

}  // namespace
}  // namespace mcp_vitals::app
