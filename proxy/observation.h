#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/clock.h"
#include "proxy/observer.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// What an answer's head says. The views need to hold during Observation::Answer only.
struct AnswerFacts {
  int status = 0;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view session_id;  // Mcp-Session-Id
};

// One exchange as it passes: told of the request's bytes and end, of the answer's head, bytes and
// end, in this order, but for an answer that begins before its request has ended. Observer::Begin
// makes it; it ends with AnswerEnd, Broken or Refused, one of them, once.
class Observation {
 public:
  virtual ~Observation() = default;

  virtual void RequestBytes(std::string_view bytes) = 0;
  virtual void RequestEnd() = 0;
  // A final status from the server, no 1xx.
  virtual void Answer(const AnswerFacts& facts, Time now) = 0;
  virtual void AnswerBytes(std::string_view bytes, Time now) = 0;
  virtual void AnswerEnd(Time now) = 0;
  // The answer ended before its end, or has not begun. `end` is never kServer.
  virtual void Broken(vitals::StreamEnd end, Time now) = 0;
  // Nobody will wait for the operations of this exchange any more, whatever their session brings.
  virtual void GiveUp(Time now) = 0;
  // We answered in the server's stead, which had not begun to.
  virtual void Refused(int status, Time now) = 0;

  virtual bool is_stream() const = 0;
  // Of a stream: it has no end of its own, since it is no answer to a call.
  virtual bool is_lasting() const = 0;
  // Of a stream: it is between two events, and its session waits for no answer.
  virtual bool may_end_stream() const = 0;
  virtual Time last_heard() const = 0;  // of a stream
  // Every operation of this exchange has had its answer.
  virtual bool is_answered() const = 0;
  // The request, once it is whole, asks for what lasts.
  virtual bool opens_session_or_stream() const = 0;
  // What the request asks can be known only from the rest of its body.
  virtual bool needs_body() const = 0;
  // Operations that the request has begun; and of those that are calls, the tools, in order, a tool
  // as often as it is called. "?" is one without a name.
  virtual std::size_t operations_begun() const = 0;
  virtual const std::vector<std::string>& tools() const = 0;
};

// Of the kind that the request's head shows.
std::unique_ptr<Observation> MakeObservation(Observer& observer, const RequestFacts& facts,
                                             ExchangeNumber number, Time began);

}  // namespace mcp_vitals::proxy
