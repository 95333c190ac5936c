#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "proxy/head_writer.h"
#include "tests/proxy/read_message.h"

// Whatever comes, what goes on is understood by the next reader as it was by us, and however it was
// cut on its way here.
namespace mcp_vitals::proxy {
namespace {

struct PassedOn {
  bool refused = false;
  bool complete = false;
  std::string body, left, sent;

  bool operator==(const PassedOn& other) const {
    return refused == other.refused && complete == other.complete && body == other.body &&
           left == other.left;
  }
};

// The message, given in pieces of these sizes, and what is sent for it.
PassedOn Pass(std::string_view message, const std::vector<std::size_t>& sizes) {
  RequestReading reading;
  std::size_t next = 0;
  for (std::string_view rest = message; !rest.empty();) {
    const std::size_t size = std::min(rest.size(), sizes[next++ % sizes.size()]);
    reading.Feed(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  PassedOn passed;
  passed.refused = reading.wrong() != Malformed::kNot;
  if (passed.refused) return passed;
  passed.complete = reading.complete();
  passed.body = reading.body();
  passed.left = reading.left();
  if (!passed.complete) return passed;
  const std::size_t size = message.find("\r\n\r\n") + 4;
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  EXPECT_EQ(parser.ReadHead(message.substr(0, size), head), Malformed::kNot);
  WriteRequestHead(head, {}, {"192.0.2.1", "http"}, reading.framing(), UpgradeOf(head),
                   passed.sent);
  passed.sent += reading.out();
  return passed;
}

constexpr std::string_view kGood[] = {
    "POST /mcp HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
    "{\"id\":1,\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /mcp HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: x, keep-alive\r\n"
    "X: y\r\n\r\n5;a=\"b\"\r\nhello\r\n00A\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\nX-Sum: 1\r\n\r\nGET",
    "GET /mcp HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nrest",
};
constexpr std::string_view kPieces[] = {"\r\n",
                                        "\r",
                                        "\n",
                                        "\r\n\r\n",
                                        ":",
                                        ": ",
                                        " ",
                                        "\t",
                                        ";",
                                        ",",
                                        "0",
                                        "5",
                                        "f",
                                        "\"",
                                        "\\",
                                        "0\r\n\r\n",
                                        "\r\n ",
                                        "Content-Length: 5\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Host: h\r\n",
                                        "Connection: host\r\n",
                                        "chunked",
                                        "HTTP/1.1",
                                        "\x80",
                                        "\x01",
                                        "GET / HTTP/1.1\r\n"};

class RoundTripTest : public testing::Test {
 protected:
  std::size_t Random(std::size_t below) { return random_() % below; }
  std::string Mutated(std::string message) {
    for (std::size_t changes = Random(4); changes > 0; --changes) {
      const std::size_t at = Random(message.size());
      const std::string_view piece = kPieces[Random(std::size(kPieces))];
      switch (Random(4)) {
        case 0:
          message.erase(at, Random(6) + 1);
          break;
        case 1:
          message.replace(at, std::min(piece.size(), message.size() - at), piece);
          break;
        default:
          message.insert(at, piece);
      }
      if (message.empty()) message = "x";
    }
    return message;
  }
  std::vector<std::size_t> Sizes() {
    std::vector<std::size_t> sizes(Random(5) + 1);
    for (std::size_t& size : sizes) size = Random(12) + 1;
    return sizes;
  }

  std::mt19937 random_{11};
};

TEST_F(RoundTripTest, TheNextReaderSeesTheSame) {
  int passed = 0, refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string message = Mutated(std::string(kGood[Random(std::size(kGood))]));
    const PassedOn whole = Pass(message, {message.size()});
    EXPECT_EQ(Pass(message, Sizes()), whole) << message;
    refused += whole.refused ? 1 : 0;
    if (!whole.complete) continue;
    ++passed;
    const PassedOn next = Pass(whole.sent, {whole.sent.size()});
    EXPECT_FALSE(next.refused) << message << "\n---\n" << whole.sent;
    EXPECT_TRUE(next.complete) << message << "\n---\n" << whole.sent;
    EXPECT_EQ(next.body, whole.body) << message;
    EXPECT_EQ(next.left, "") << message << "\n---\n" << whole.sent;
  }
  EXPECT_GT(passed, 2'000);
  EXPECT_GT(refused, 2'000);
}

TEST_F(RoundTripTest, NoMessageEndsElsewhereForWhoReadsEveryLength) {
  for (int round = 0; round < 5'000; ++round) {
    const std::string message = Mutated(std::string(kGood[Random(2)]));
    const PassedOn whole = Pass(message, {message.size()});
    if (!whole.complete) continue;
    const std::string head = whole.sent.substr(0, whole.sent.find("\r\n\r\n"));
    const auto count = [&](std::string_view name) {
      std::size_t found = 0;
      for (std::size_t at = head.find(name); at != std::string::npos; at = head.find(name, at + 1))
        ++found;
      return found;
    };
    EXPECT_LE(count("\r\nContent-Length: ") + count("\r\nTransfer-Encoding: chunked"), 1u) << head;
    EXPECT_EQ(count("\r\nHost: "), 1u) << head;
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
