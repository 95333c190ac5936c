#include "tests/faults/attack.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

namespace mcp_vitals::faults {

using namespace std::chrono_literals;
using probe::Event;
using probe::Http;
using Answer = std::optional<std::string>;

namespace {

std::string Fill(std::string text, const Moment& moment) {
  const auto at = text.find("ID");
  return at == std::string::npos ? text : text.replace(at, 2, moment.seen.id);
}

}  // namespace

Misdeed Raw(std::string bytes) {
  return [bytes](Moment& moment) -> Answer {
    moment.socket.Send(bytes);
    moment.socket.WaitForClose();
    return std::nullopt;
  };
}

Misdeed Flood(std::string first, std::string again) {
  return [first, again](Moment& moment) -> Answer {
    moment.socket.Send(first);
    while (moment.socket.Send(again)) {
    }
    return std::nullopt;
  };
}

Misdeed Drip(std::string first, std::string again) {
  return [first, again](Moment& moment) -> Answer {
    moment.socket.Send(first);
    for (std::size_t i = 0; moment.socket.Send(again.substr(i % again.size(), 1)); ++i) {
      std::this_thread::sleep_for(20ms);
    }
    return std::nullopt;
  };
}

Misdeed Body(std::string body, std::string type, std::string headers) {
  return [=](Moment& moment) -> Answer { return Http(200, type, Fill(body, moment), headers); };
}

Misdeed Long(std::string first, std::string again, std::size_t count, std::string last) {
  return [=](Moment& moment) -> Answer {
    const std::string head = Fill(first, moment);
    const std::size_t size = head.size() + count * again.size() + last.size();
    moment.socket.Send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                       std::to_string(size) + "\r\n\r\n" + head);
    for (std::size_t i = 0; i < count && moment.socket.Send(again); ++i) {
    }
    return last;
  };
}

Misdeed Before(std::string events) {
  return [=](Moment& moment) { return moment.Deliver(events + moment.Right()); };
}

Misdeed Changed(Change change) {
  return [=](Moment& moment) { return moment.Deliver(change(moment.Right())); };
}

Misdeed WithId(Change change) {
  return [=](Moment& moment) {
    return moment.Deliver(moment.Wrap(moment.Result(change(moment.seen.id))));
  };
}

Misdeed After(std::string bytes) {
  return [=](Moment& moment) -> Answer {
    moment.socket.Send(bytes);
    return moment.Deliver(moment.Right());
  };
}

Misdeed Page(std::string tools, std::string (*next)(int)) {
  const auto pages = std::make_shared<std::atomic<int>>(0);
  return [=](Moment& moment) -> Answer {
    return moment.Deliver(moment.Wrap(probe::ResultJson(
        moment.seen, R"({"tools":[)" + tools + R"(],"nextCursor":")" + next(++*pages) + "\"}")));
  };
}

Misdeed Endpoint(std::string uri) {
  return [=](Moment& moment) -> Answer {
    moment.Begin();
    moment.Push(Event(uri, "event: endpoint\n"));
    moment.socket.WaitForClose();
    return std::nullopt;
  };
}

std::string Repeat(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace mcp_vitals::faults
