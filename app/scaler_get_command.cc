#include "app/scaler_get_command.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "app/files.h"
#include "app/flag_reader.h"
#include "app/scaler_got.h"
#include "app/terminal.h"
#include "app/text.h"
#include "app/tls_contexts.h"
#include "app/values.h"
#include "scaler/client.h"

namespace mcp_vitals::app {

namespace {

using scaler::Got;
using Outcome = Got::Outcome;

struct Question {
  scaler::ClientOptions options;
  scaler::Metadata metadata;
  bool is_json = false;
};

std::string ReadPem(std::string_view flag, const std::string& path, FlagReader& reader) {
  return path.empty() ? "" : reader.Take(flag, ReadFile(path, kMaxSecretBytes));
}

void ReadTls(const ScalerGetFlags& flags, FlagReader& reader, scaler::ClientOptions& options) {
  options.tls = flags.tls;
  for (const auto& [flag, file] :
       {std::pair("--ca-file", &flags.ca_file), std::pair("--cert-file", &flags.cert_file),
        std::pair("--key-file", &flags.key_file)}) {
    if (!flags.tls && !file->empty()) reader.Fail(flag, "needs --tls");
  }
  TlsContexts contexts;
  std::string key;
  std::string why;
  const net::TlsConfig config{flags.ca_file, flags.cert_file, flags.key_file, "", false};
  if (flags.tls && contexts.Get(config, key, why) == nullptr) reader.Fail(FlagOf(key), why);
  options.ca = ReadPem("--ca-file", flags.ca_file, reader);
  options.cert = ReadPem("--cert-file", flags.cert_file, reader);
  options.key = ReadPem("--key-file", flags.key_file, reader);
}

void ReadMetadata(const ScalerGetFlags& flags, FlagReader& reader, scaler::Metadata& metadata) {
  for (const std::string& text : flags.metadata) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      reader.Fail("KEY=VALUE",
                  Quote(text) + " is no metadata (allowed: like fleet=mcp-server, metric=load)");
      continue;
    }
    const std::string key = text.substr(0, equals);
    if (!metadata.emplace(key, text.substr(equals + 1)).second) {
      reader.Fail("KEY=VALUE", Quote(key) + " is given twice");
    }
  }
  if (!metadata.contains("fleet")) {
    reader.Fail("KEY=VALUE", "fleet is missing (allowed: fleet=NAME, a fleet of the scaler)");
  }
}

Parsed<Question> QuestionFromFlags(const ScalerGetFlags& flags) {
  FlagReader reader;
  Question question;
  question.options.address = flags.address;
  if (flags.address.find(':') == std::string::npos ||
      flags.address.find('/') != std::string::npos) {
    reader.Fail("ADDRESS", Quote(flags.address) + " is no address (allowed: like localhost:9789)");
  }
  question.options.timeout = reader.Take("--timeout", ParseDuration(flags.timeout));
  question.is_json = flags.output == "json";
  if (!question.is_json && flags.output != "text") {
    reader.Fail("--output", Quote(flags.output) + " is no format (allowed: text, json)");
  }
  ReadMetadata(flags, reader, question.metadata);
  ReadTls(flags, reader, question.options);
  if (reader.wrong()) return *reader.wrong();
  return question;
}

int Complain(const std::string& why) {
  std::fprintf(stderr, "mcp-vitals scaler get: %s\n", why.c_str());
  return 2;
}

}  // namespace

int ScalerGetCommand(const ScalerGetFlags& flags) {
  const auto question = QuestionFromFlags(flags);
  if (!question) return Complain(question.error().why);
  // What gRPC itself writes on standard error is for its developers.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  const Got got = AskScaler(question->options, question->metadata);
  if (got.outcome == Outcome::kRefused) return Complain(got.why);
  const bool is_reached = got.outcome != Outcome::kUnreachable;
  if (question->is_json || is_reached) {
    const std::string text =
        question->is_json ? GotJson(got) : GotText(got, TerminalStyle(Colour::kAuto));
    std::fwrite(text.data(), 1, text.size(), stdout);  // main sees whether that went well
  }
  if (!is_reached) {
    std::fprintf(stderr, "mcp-vitals scaler get: %s: %s\n", flags.address.c_str(),
                 Printable(got.why, true).c_str());
  }
  return got.outcome == Outcome::kAnswer ? 0 : 1;
}

}  // namespace mcp_vitals::app
