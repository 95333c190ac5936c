#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

// Certificates made while a test runs, so that none lies about to expire, and TLS servers that show
// them. Errors of OpenSSL throw.
namespace mcp_vitals::support {

using Key = std::shared_ptr<EVP_PKEY>;
using X509Handle = std::shared_ptr<X509>;

// A private key and the certificates to show for it, the leaf first.
struct Identity {
  Key key;
  std::vector<X509Handle> chain;

  std::string ChainPem() const;
  std::string KeyPem() const;
};

struct CertificateSpec {
  std::string common_name = "localhost";
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};  // DNS names and addresses
  std::chrono::seconds valid_from{-3600};                              // from now
  std::chrono::seconds valid_until{24 * 3600};
  bool authority = false;  // may sign others
};

class Authority {
 public:
  explicit Authority(const std::string& common_name = "Test CA");

  // A certificate signed by this authority; the authority's own is not part of the chain shown.
  Identity Issue(const CertificateSpec& spec) const;
  // A leaf under one intermediate authority, which is shown too.
  Identity IssueVia(const CertificateSpec& intermediate, const CertificateSpec& leaf) const;
  // A leaf under `intermediates` authorities in a row, all of them shown.
  Identity IssueChain(const CertificateSpec& spec, std::size_t intermediates) const;
  std::string Pem() const { return self_.ChainPem(); }  // for ca_file

 private:
  Identity self_;
};

Identity SelfSigned(const CertificateSpec& spec);

struct TlsServerOptions {
  std::string client_ca_pem;  // not empty: a client certificate signed by it is required
  int max_version = 0;        // e.g. TLS1_1_VERSION; 0: the newest
};
// What a server needs to show `identity`.
std::shared_ptr<SSL_CTX> MakeTlsServer(const Identity& identity,
                                       const TlsServerOptions& options = {});

// A directory for PEM files, removed with its content at the end.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string Write(const std::string& name, const std::string& content) const;  // the path
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace mcp_vitals::support
