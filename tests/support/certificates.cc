#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace mcp_vitals::support {

namespace {

void Check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Key MakeKey() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  Check(key != nullptr, "EVP_EC_gen");
  return key;
}

template <class Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  Check(bio && write(bio.get()) == 1, "PEM_write");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), &X509_EXTENSION_free);
  Check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

std::string AlternativeNames(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    boost::system::error_code not_an_address;
    (void)boost::asio::ip::make_address(name, not_an_address);
    out += (out.empty() ? "" : ",") + std::string(not_an_address ? "DNS:" : "IP:") + name;
  }
  return out;
}

X509Handle Sign(const CertificateSpec& spec, EVP_PKEY* subject_key, X509* issuer,
                EVP_PKEY* issuer_key) {
  static long serial = 0;
  X509Handle made(X509_new(), &X509_free);
  X509* x = made.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  const std::time_t now = std::time(nullptr);
  ASN1_TIME_set(X509_getm_notBefore(x), now + spec.valid_from.count());
  ASN1_TIME_set(X509_getm_notAfter(x), now + spec.valid_until.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(spec.common_name.c_str()), -1,
                             -1, 0);
  X509* const signer = issuer == nullptr ? x : issuer;
  X509_set_issuer_name(x, X509_get_subject_name(signer));
  X509_set_pubkey(x, subject_key);
  AddExtension(x, signer, NID_basic_constraints, spec.authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!spec.names.empty()) {
    AddExtension(x, signer, NID_subject_alt_name, AlternativeNames(spec.names));
  }
  Check(X509_sign(x, issuer_key, EVP_sha256()) > 0, "X509_sign");
  return made;
}

CertificateSpec AuthoritySpec(const std::string& common_name) {
  CertificateSpec spec;
  spec.common_name = common_name;
  spec.names.clear();
  spec.authority = true;
  return spec;
}

Identity IssueFrom(const Identity& issuer, const CertificateSpec& spec) {
  Identity made{MakeKey(), {}};
  made.chain.push_back(Sign(spec, made.key.get(), issuer.chain[0].get(), issuer.key.get()));
  return made;
}

}  // namespace

std::string Identity::ChainPem() const {
  std::string pem;
  for (const auto& x : chain) {
    pem += ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, x.get()); });
  }
  return pem;
}

std::string Identity::KeyPem() const {
  return ToPem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Authority::Authority(const std::string& common_name)
    : self_(SelfSigned(AuthoritySpec(common_name))) {}

Identity Authority::Issue(const CertificateSpec& spec) const { return IssueFrom(self_, spec); }

Identity Authority::IssueVia(const CertificateSpec& intermediate,
                             const CertificateSpec& leaf) const {
  const Identity issuer = IssueFrom(self_, intermediate);
  Identity made = IssueFrom(issuer, leaf);
  made.chain.push_back(issuer.chain[0]);
  return made;
}

Identity Authority::IssueChain(const CertificateSpec& spec, std::size_t intermediates) const {
  Identity issuer = self_;
  std::vector<X509Handle> shown;
  for (std::size_t i = 0; i < intermediates; ++i) {
    issuer = IssueFrom(issuer, AuthoritySpec("Intermediate " + std::to_string(i + 1)));
    shown.insert(shown.begin(), issuer.chain[0]);
  }
  Identity leaf = IssueFrom(issuer, spec);
  leaf.chain.insert(leaf.chain.end(), shown.begin(), shown.end());
  return leaf;
}

Identity SelfSigned(const CertificateSpec& spec) {
  Identity made{MakeKey(), {}};
  made.chain.push_back(Sign(spec, made.key.get(), nullptr, made.key.get()));
  return made;
}

std::shared_ptr<SSL_CTX> MakeTlsServer(const Identity& identity, const TlsServerOptions& options) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX* raw = context.get();
  if (options.max_version != 0) {
    SSL_CTX_set_security_level(raw, 0);
    SSL_CTX_set_min_proto_version(raw, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(raw, options.max_version);
  }
  Check(SSL_CTX_use_PrivateKey(raw, identity.key.get()) == 1 || identity.chain.empty(), "key");
  Check(SSL_CTX_use_certificate(raw, identity.chain[0].get()) == 1, "certificate");
  for (std::size_t i = 1; i < identity.chain.size(); ++i) {
    Check(SSL_CTX_add1_chain_cert(raw, identity.chain[i].get()) == 1, "chain");
  }
  if (!options.client_ca_pem.empty()) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(options.client_ca_pem.data(),
                        static_cast<int>(options.client_ca_pem.size())),
        &BIO_free);
    const X509Handle ca(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    Check(X509_STORE_add_cert(SSL_CTX_get_cert_store(raw), ca.get()) == 1, "client CA");
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mcp-vitals-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::Write(const std::string& name, const std::string& content) const {
  const std::string file = path_ + "/" + name;
  std::ofstream out(file, std::ios::binary);
  out << content;
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
  return file;
}

}  // namespace mcp_vitals::support
