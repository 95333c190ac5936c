#include "app/web_config.h"

#include <gmock/gmock.h>

#include "tests/support/certificates.h"

namespace mcp_vitals::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kHash[] = "$2y$10$abcdefghijklmnopqrstuuPX0yPbpHbqZcZgQj1m5Jq0bJ3nM7e1W";

class WebConfigTest : public testing::Test {
 protected:
  WebConfigTest() {
    const support::Identity identity = support::SelfSigned({});
    dir_.Write("tls.crt", identity.ChainPem());
    dir_.Write("tls.key", identity.KeyPem());
  }
  exporter::WebConfig Load(const std::string& yaml) {
    errors_.clear();
    path_ = dir_.Write("web.yml", yaml);
    return ParseWebConfig(yaml, path_, errors_);
  }

  const support::TempDir dir_;
  std::string path_;
  std::vector<std::string> errors_;
};

TEST_F(WebConfigTest, ReadsWhatExporterToolkitReads) {
  const auto web = Load(std::string("tls_server_config:\n  cert_file: tls.crt\n"
                                    "  key_file: tls.key\n  min_version: TLS13\n"
                                    "basic_auth_users:\n  alice: ") +
                        kHash + "\n");
  EXPECT_THAT(errors_, IsEmpty());
  ASSERT_TRUE(web.tls);
  EXPECT_EQ(web.tls->cert_file, dir_.path() + "/tls.crt");
  EXPECT_EQ(web.tls->min_version, "TLS13");
  EXPECT_EQ(web.basic_auth_users.at("alice"), kHash);
}

TEST_F(WebConfigTest, MayBeEmpty) {
  EXPECT_FALSE(Load("").tls);
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(WebConfigTest, NamesItsFileLineAndKey) {
  Load("tls_server_config:\n  cert_file: tls.crt\n");
  EXPECT_THAT(errors_, ElementsAre(path_ + ":2: tls_server_config.key_file: is missing (allowed: a "
                                           "PEM file)"));
  Load("tls_server_config: {cert_file: tls.crt, key_file: tls.key, min_version: TLS10}\n");
  EXPECT_THAT(errors_,
              ElementsAre(path_ + ":1: tls_server_config.min_version: \"TLS10\" is unknown "
                                  "(allowed: TLS12, TLS13)"));
  Load("tls_server_config: {cert_file: tls.crt, key_file: nowhere}\n");
  EXPECT_THAT(errors_, ElementsAre(path_ + ":1: tls_server_config.key_file: cannot read " +
                                   dir_.path() + "/nowhere: No such file or directory"));
  Load("http_server_config: {http2: true}\n");
  EXPECT_THAT(errors_, ElementsAre(path_ + ":1: http_server_config: unknown key, did you mean "
                                           "tls_server_config? (allowed: basic_auth_users, "
                                           "tls_server_config)"));
}

TEST_F(WebConfigTest, APasswordThatIsNoHashIsRefusedAndNotRepeated) {
  Load("basic_auth_users:\n  alice: hunter2\n");
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_THAT(errors_[0], HasSubstr("the password of \"alice\" is no bcrypt hash"));
  EXPECT_THAT(errors_[0], Not(HasSubstr("hunter2")));
}

TEST_F(WebConfigTest, ACertificateThatIsNoneIsRefused) {
  dir_.Write("tls.crt", "nonsense");
  Load("tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n");
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_THAT(errors_[0], HasSubstr("tls_server_config.cert_file"));
}

}  // namespace
}  // namespace mcp_vitals::app
