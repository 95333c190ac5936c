#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/probe/scripted_server.h"

namespace mcp_vitals::faults {

// Which era a server speaks, and how its answers travel.
enum class Wire { kModernJson, kModernSse, kLegacyJson, kLegacySse, kHttpSse };

// Where a server can go wrong, in the order in which a probe comes to it. `kStream` is the GET of
// HTTP+SSE, `kResume` that of the streamable transport, `kInitialized` the notification, `kClose`
// the DELETE.
enum class Step {
  kDiscover,
  kStream,
  kInitialize,
  kInitialized,
  kListTools,
  kCanary,
  kResume,
  kClose,
  kOther
};

class FakeServer;

// One request, and the means to answer it, well or badly. The body of the answer goes where the
// wire has it: after the request, or on the event stream of HTTP+SSE.
class Moment {
 public:
  Moment(FakeServer& of, Step at, const probe::Seen& request, support::RawSocket& from)
      : server(of), step(at), seen(request), socket(from) {}

  std::string Result() const;  // the right answer, as a JSON-RPC message
  std::string Result(const std::string& id) const;
  std::string Wrap(std::string_view json) const;  // as the body (or the event) that carries it
  std::string Right() const;                      // the body of the right answer

  // The head of the answer, after which the body follows in pieces. Both return false when the
  // client has gone.
  bool Begin();
  bool Push(std::string_view bytes);
  void End();    // the body is complete
  void Break();  // the connection ends, the body is not complete
  // A complete answer with this body. All good answers go this way.
  std::optional<std::string> Deliver(std::string_view body);

  bool expects_answer() const;
  // The session of the answer to initialize, opened by asking for it.
  std::string SessionHeader();

  FakeServer& server;
  const Step step;
  const probe::Seen& seen;
  support::RawSocket& socket;

 private:
  bool IsOnStream() const;
  void EndSessionIfAsked();
  std::string session_header_;
};

// What a server does instead of what it should. Returns what a `probe::Play` returns.
using Misdeed = std::function<std::optional<std::string>(Moment&)>;

// A server that speaks MCP correctly on one wire, and is strict with its clients, but for the
// misdeeds that it is told to commit. It counts its sessions.
class FakeServer {
 public:
  FakeServer(Wire wire, std::map<Step, Misdeed> misdeeds, std::shared_ptr<SSL_CTX> tls = nullptr);

  std::string Url() const { return server_.Url("/mcp"); }
  Wire wire() const { return wire_; }
  int sessions_opened() const;
  int sessions_open() const;
  int committed() const { return committed_; }  // misdeeds so far
  int open() const { return server_.open(); }   // connections
  int connections() const { return server_.connections(); }
  std::vector<std::string> Sequence() const { return server_.Sequence(); }

  std::string OpenSession();
  void ForgetSession(const std::string& id);

 private:
  friend class Moment;
  std::optional<std::string> Answer(const probe::Seen& seen, support::RawSocket& socket);
  // What a strict server says to a request that is not as it should be.
  std::optional<std::string> Refusal(Step step, const probe::Seen& seen) const;
  std::optional<std::string> Good(Moment& moment);
  std::optional<std::string> HoldStream(Moment& moment);
  bool IsOpen(const std::string& session) const;
  // To the event stream of a session of HTTP+SSE.
  bool Send(const std::string& session, const std::string& bytes);
  void Interrupt(const std::string& session);

  const Wire wire_;
  const std::map<Step, Misdeed> misdeeds_;
  std::atomic<int> committed_{0};
  mutable std::mutex mutex_;
  int opened_ = 0;
  std::set<std::string> sessions_;
  std::map<std::string, support::RawSocket*> streams_;
  probe::ScriptedServer server_;  // last: its threads use the rest
};

}  // namespace mcp_vitals::faults
