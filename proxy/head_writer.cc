#include "proxy/head_writer.h"

#include <array>

namespace mcp_vitals::proxy {

namespace http = boost::beast::http;

namespace {

// Calls `visit` for each element of a comma-separated list.
template <class Visit>
void ForEachToken(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view token = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (!token.empty() && (token.front() == ' ' || token.front() == '\t'))
      token.remove_prefix(1);
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t')) token.remove_suffix(1);
    if (!token.empty()) visit(token);
  }
}

// Whether one of the `Connection` fields names `name`.
bool ConnectionNames(const Head& head, std::string_view name) {
  bool named = false;
  for (const Field& field : head.fields) {
    if (field.id != http::field::connection) continue;
    ForEachToken(field.value,
                 [&](std::string_view token) { named = named || EqualNames(token, name); });
  }
  return named;
}

// Said to the next hop alone, or about the framing, which is written anew.
bool EndsHere(http::field id) {
  switch (id) {
    case http::field::connection:
    case http::field::keep_alive:
    case http::field::proxy_connection:
    case http::field::te:
    case http::field::transfer_encoding:
    case http::field::content_length:
    case http::field::upgrade:
    case http::field::http2_settings:
      return true;
    default:
      return false;
  }
}

// What `Connection` may name without effect: a message is not understood without them.
bool IsEssential(http::field id) {
  return id == http::field::host || id == http::field::content_type;
}

void Append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void AppendFraming(const Head& head, Framing framing, std::string& out) {
  if (framing == Framing::kChunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (const auto length = head.Find(http::field::content_length); !length.empty()) {
    Append(out, "Content-Length", length);
  }
}

// `Connection` names nothing but itself in nearly every message; then no name needs a look.
bool NamesFields(const Head& head) {
  bool names = false;
  for (const Field& field : head.fields) {
    if (field.id != http::field::connection) continue;
    ForEachToken(field.value, [&](std::string_view token) {
      names = names || !(EqualNames(token, "keep-alive") || EqualNames(token, "close") ||
                         EqualNames(token, "upgrade"));
    });
  }
  return names;
}

// Beside `X-Forwarded-*`, other ways to say so.
bool TellsOfClient(const Field& field) {
  return field.id == http::field::forwarded || EqualNames(field.name, "X-Real-IP");
}

// The client, told to the server in `X-Forwarded-*`: For adds up along the way, the others are what
// the first who knew said.
class Forwarding {
 public:
  Forwarding(const Head& head, Forwarded mode, const ClientFacts& client)
      : mode_(mode),
        fields_({Fact{"X-Forwarded-For", client.address}, Fact{"X-Forwarded-Proto", client.scheme},
                 Fact{"X-Forwarded-Host", head.Find(http::field::host)}}) {
    if (mode_ == Forwarded::kPreserve) return;
    for (const Field& field : head.fields) {
      if (Fact* fact = Find(field)) fact->last = &field;
    }
  }

  // Writes a field of that kind; false: it is none.
  bool Write(const Field& field, std::string& out) {
    Fact* const fact = mode_ == Forwarded::kPreserve ? nullptr : Find(field);
    if (fact == nullptr) return false;
    if (mode_ == Forwarded::kReplace) return true;
    out.append(field.name).append(": ").append(field.value);
    if (fact == &fields_[0] && fact->last == &field) out.append(", ").append(fact->value);
    out += "\r\n";
    return true;
  }
  void WriteMissing(std::string& out) const {
    if (mode_ == Forwarded::kPreserve) return;
    for (const Fact& fact : fields_) {
      const bool there = mode_ == Forwarded::kAppend && fact.last != nullptr;
      if (!there && !fact.value.empty()) Append(out, fact.name, fact.value);
    }
  }

 private:
  struct Fact {
    std::string_view name;
    std::string_view value;
    const Field* last = nullptr;  // as it came
  };
  Fact* Find(const Field& field) {
    constexpr std::string_view kPrefix = "X-Forwarded-";
    if (!EqualNames(field.name.substr(0, kPrefix.size()), kPrefix)) return nullptr;
    for (Fact& fact : fields_) {
      if (EqualNames(field.name, fact.name)) return &fact;
    }
    return nullptr;
  }

  const Forwarded mode_;
  std::array<Fact, 3> fields_;
};

}  // namespace

std::string_view UpgradeOf(const Head& head) {
  const std::string_view protocols = head.Find(http::field::upgrade);
  if (protocols.empty() || !ConnectionNames(head, "upgrade")) return {};
  bool has_h2c = false;
  ForEachToken(protocols, [&](std::string_view protocol) {
    has_h2c = has_h2c || EqualNames(protocol.substr(0, protocol.find('/')), "h2c");
  });
  return has_h2c ? std::string_view() : protocols;
}

void WriteRequestHead(const Head& head, const RequestRewrite& rewrite, const ClientFacts& client,
                      Framing framing, std::string_view upgrade, std::string& out) {
  out.append(head.method).append(" ").append(head.target).append(" HTTP/1.1\r\n");
  const bool names_fields = NamesFields(head);
  Forwarding forwarding(head, rewrite.forwarded, client);
  bool has_host = false;
  for (const Field& field : head.fields) {
    if (EndsHere(field.id) || EqualNames(field.name, kProbeTokenHeader)) continue;
    if (rewrite.forwarded == Forwarded::kReplace && TellsOfClient(field)) continue;
    // Before what Connection names: a client must not hide its address by naming its field.
    if (forwarding.Write(field, out)) continue;
    if (names_fields && !IsEssential(field.id) && ConnectionNames(head, field.name)) continue;
    const bool is_host = field.id == http::field::host;
    has_host = has_host || is_host;
    const bool replace = is_host && rewrite.host_header == HostHeader::kReplace;
    Append(out, field.name, replace ? std::string_view(rewrite.host) : field.value);
  }
  if (!has_host) Append(out, "Host", rewrite.host);  // HTTP/1.0 may come without
  forwarding.WriteMissing(out);
  if (!upgrade.empty()) {
    out += "Connection: Upgrade\r\n";
    Append(out, "Upgrade", upgrade);
  }
  AppendFraming(head, framing, out);
  out += "\r\n";
}

void WriteAnswerHead(const Head& head, Framing framing, std::string_view connection,
                     std::string_view upgrade, std::string& out) {
  char status[4] = {static_cast<char>('0' + head.status / 100),
                    static_cast<char>('0' + head.status / 10 % 10),
                    static_cast<char>('0' + head.status % 10), ' '};
  out.append("HTTP/1.1 ").append(status, 4).append(head.reason).append("\r\n");
  const bool names_fields = NamesFields(head);
  for (const Field& field : head.fields) {
    if (EndsHere(field.id)) continue;
    if (names_fields && !IsEssential(field.id) && ConnectionNames(head, field.name)) continue;
    Append(out, field.name, field.value);
  }
  if (!upgrade.empty()) Append(out, "Upgrade", upgrade);
  if (!connection.empty()) Append(out, "Connection", connection);
  const bool may_have_length = head.status >= 200 && head.status != 204;  // RFC 9110, 8.6
  if (may_have_length) AppendFraming(head, framing, out);
  out += "\r\n";
}

}  // namespace mcp_vitals::proxy
