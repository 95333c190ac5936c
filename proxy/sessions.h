#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "proxy/clock.h"
#include "proxy/operations.h"

namespace mcp_vitals::proxy {

// A session of the legacy era, from its opening, or from when it was first seen, to its end.
struct Session {
  std::string key;
  std::uint64_t digest = 0;  // of the key
  Time since;
  Time last_heard;           // of a request, or of the end of a stream
  std::size_t streams = 0;   // live
  bool opened_here = false;  // we saw its opening; else its age is not known
  bool ended = false;
  // Of 2024-11-05: answers come on its stream, whatever exchange asked.
  bool answers_on_stream = false;
  bool unread = false;  // that stream is read no more
  Operations operations;
};

// All sessions that are alive, within a bound. Sessions are shared with the exchanges in them.
class Sessions {
 public:
  explicit Sessions(std::size_t max) : max_(max) {}

  std::shared_ptr<Session> Find(std::string_view key) const;
  // A new one; it replaces another of that key. Null when there are too many.
  std::shared_ptr<Session> Add(std::string key, Time now);
  void Remove(const Session& session);
  std::size_t size() const { return by_key_.size(); }

  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, session] : by_key_) visit(session);
  }

 private:
  const std::size_t max_;
  std::unordered_map<std::string, std::shared_ptr<Session>> by_key_;
};

// The key of a session that its id names.
std::string KeyOfId(std::string_view session_id);
// The key of a 2024-11-05 session: of the URI in its `endpoint` event, and of the target of a
// request that is posted there. They agree even where somebody between client and us has changed
// the path, as long as the URI has a parameter named sessionId or session_id.
std::string KeyOfEndpoint(std::string_view uri);

}  // namespace mcp_vitals::proxy
