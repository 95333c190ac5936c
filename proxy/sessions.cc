#include "proxy/sessions.h"

#include <functional>
#include <utility>

#include "mcp/digest.h"

namespace mcp_vitals::proxy {

namespace {

// The value of a query parameter, as written; "" if there is none.
std::string_view Parameter(std::string_view uri, std::string_view name) {
  std::size_t at = uri.find('?');
  while (at < uri.size()) {
    const std::size_t begin = at + 1;
    at = uri.find('&', begin);
    const std::string_view pair = uri.substr(begin, at - begin);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

// Without scheme and authority.
std::string_view PathAndQuery(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos || scheme > uri.find('/')) return uri;
  const std::size_t path = uri.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : uri.substr(path);
}

// Names of any length tell sessions apart, but no table of keys may grow by what clients choose.
std::string Key(std::string_view kind, std::string_view name) {
  constexpr std::size_t kMaxName = 256;
  std::string key(kind);
  key += name.substr(0, kMaxName);
  if (name.size() > kMaxName) key += "#" + std::to_string(std::hash<std::string_view>()(name));
  return key;
}

}  // namespace

std::shared_ptr<Session> Sessions::Find(std::string_view key) const {
  const auto found = by_key_.find(std::string(key));
  return found == by_key_.end() ? nullptr : found->second;
}

std::shared_ptr<Session> Sessions::Add(std::string key, Time now) {
  if (by_key_.size() >= max_ && !by_key_.contains(key)) return nullptr;
  auto session = std::make_shared<Session>();
  session->key = key;
  session->digest = mcp::DigestOf(key);
  session->since = session->last_heard = now;
  by_key_[std::move(key)] = session;
  return session;
}

void Sessions::Remove(const Session& session) {
  const auto found = by_key_.find(session.key);
  if (found != by_key_.end() && found->second.get() == &session) by_key_.erase(found);
}

std::string KeyOfId(std::string_view session_id) { return Key("id ", session_id); }

std::string KeyOfEndpoint(std::string_view uri) {
  uri = uri.substr(0, uri.find('#'));
  for (const std::string_view name : {"sessionId", "session_id"}) {
    const std::string_view value = Parameter(uri, name);
    if (!value.empty()) return Key("endpoint ", value);
  }
  return Key("endpoint ", PathAndQuery(uri));
}

}  // namespace mcp_vitals::proxy
