#include "tests/relay/relay.h"

// Bodies arrive whole, both ways, however they are delimited.
namespace mcp_vitals::relay {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMuch = std::size_t{12} << 20;
constexpr std::string_view kChunkedPost =
    "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kChunkedOk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// `body` in chunks of sizes that have nothing to do with those of any buffer.
std::string InChunks(std::string_view body) {
  std::string chunks;
  for (std::size_t size = 1; !body.empty(); size = size * 3 % 99991 + 1) {
    chunks += Chunk(body.substr(0, size));
    body.remove_prefix(std::min(size, body.size()));
  }
  return chunks + Chunk("");
}

// What was sent in chunks, and where it ends.
struct Unchunked {
  std::string body;
  bool whole = false;
};
Unchunked ReadChunks(RawSocket& socket) {
  std::string all;
  std::size_t at = std::string::npos;
  Unchunked read;
  while (true) {
    if (at == std::string::npos && all.find("\r\n\r\n") != std::string::npos) {
      at = all.find("\r\n\r\n") + 4;
    }
    while (at != std::string::npos) {
      const std::size_t line = all.find("\r\n", at);
      if (line == std::string::npos) break;
      const std::size_t size = std::stoul(all.substr(at, line - at), nullptr, 16);
      if (all.size() < line + 2 + size + 2) break;
      read.body += all.substr(line + 2, size);
      at = line + 2 + size + 2;
      read.whole = size == 0;
      if (read.whole) return read;
    }
    const std::string more = socket.ReadSome();
    if (more.empty()) return read;
    all += more;
  }
}

class BodiesTest : public RelayTest {};

TEST_F(BodiesTest, ALargeRequestByLength) {
  const std::string body = Noise(kMuch);
  Start(Always(Ok("got it")));
  EXPECT_EQ(Connect().Ask(Post(body)).body, "got it");
  EXPECT_TRUE(BodyOf(requests().at(0)) == body);
}

TEST_F(BodiesTest, ALargeRequestInChunks) {
  const std::string body = Noise(kMuch);
  Unchunked got;
  Start([&](RawSocket& socket) {
    got = ReadChunks(socket);
    socket.Send(Ok("got it"));
    socket.WaitForClose();
  });
  EXPECT_EQ(Connect().Ask(std::string(kChunkedPost) + InChunks(body)).body, "got it");
  EXPECT_TRUE(got.whole);
  EXPECT_TRUE(got.body == body);
}

TEST_F(BodiesTest, ALargeAnswerByLength) {
  const std::string body = Noise(kMuch);
  Start(Always(Ok(body)));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.Ask(kGet);
    EXPECT_TRUE(answer.whole);
    EXPECT_TRUE(answer.body == body);
  }
}

TEST_F(BodiesTest, ALargeAnswerInChunks) {
  const std::string body = Noise(kMuch);
  Start(Always(std::string(kChunkedOk) + InChunks(body)));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.Ask(kGet);
    EXPECT_TRUE(answer.whole);
    EXPECT_TRUE(answer.body == body);
  }
}

// To whoever asks in HTTP/1.1 such an answer goes in chunks: so it can be told from a cut one.
TEST_F(BodiesTest, ALargeAnswerUntilTheConnectionEnds) {
  const std::string body = Noise(kMuch);
  Start(Once("HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n" + body));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.Ask(kGet);
    EXPECT_THAT(answer.head, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_TRUE(answer.whole);
    EXPECT_TRUE(answer.body == body);
  }
}

TEST_F(BodiesTest, ALargeAnswerToAClientThatReadsSlowly) {
  const std::string body = Noise(kMuch);
  Start(Once("HTTP/1.1 200 OK\r\n\r\n" + body));
  ClientEnd client = Connect(4096);
  client.Send(kGet);
  WaitUntil([this] { return server().open() == 0 || !requests().empty(); }, "the request");
  const Answer answer = client.ReadAnswer();
  EXPECT_TRUE(answer.whole);
  EXPECT_TRUE(answer.body == body);
}

// The last of it may wait for the client when nothing else holds the server's connection.
TEST_F(BodiesTest, LargeAnswersBehindWhichTheServersConnectionEnds) {
  Start([this](RawSocket& socket) {
    const std::string length = Receive(socket).substr(5, 7);
    const std::string body = Noise(std::stoul(length));
    socket.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n" +
                body);
    socket.WaitForClose();
  });
  ClientEnd client = Connect(4096);
  for (std::size_t size = 8'000'000; size < 9'500'000; size += 50'000) {
    client.Send("GET /" + std::to_string(size) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    WaitUntil([&] { return requests().size() == (size - 7'950'000) / 50'000; }, "the request");
    EXPECT_TRUE(client.ReadAnswer().body == Noise(size));
  }
}

TEST_F(BodiesTest, BothAtTheSameTime) {
  const std::string body = Noise(kMuch);
  Start([](RawSocket& socket) {  // sends back what comes as it comes
    std::string bytes = socket.ReadSome();
    bytes.erase(0, bytes.find("\r\n\r\n") + 4);
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kMuch) + "\r\n\r\n");
    std::size_t sent = 0;
    do {
      sent += bytes.size();
      if (!socket.Send(bytes) || sent == kMuch) break;
      bytes = socket.ReadSome();
    } while (!bytes.empty());
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  std::thread sender([&] { client.Send(Post(body)); });
  const Answer answer = client.ReadAnswer();
  sender.join();
  EXPECT_TRUE(answer.body == body);
}

TEST_F(BodiesTest, EmptyOnes) {
  Start([this](RawSocket& socket) {
    while (!Receive(socket).empty()) {
      socket.Send(Ok(""));
      ReadChunks(socket);
      socket.Send(std::string(kChunkedOk) + Chunk(""));
    }
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.Ask(Post("")).status, 200);
    const Answer answer = client.Ask(std::string(kChunkedPost) + Chunk(""));
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_THAT(requests().at(0), HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(BodiesTest, ByteByByte) {
  Start(Always(Ok("yes")));
  ClientEnd client = Connect();
  for (const char byte : Post("slow")) ASSERT_TRUE(client.Send({&byte, 1}));
  EXPECT_EQ(client.ReadAnswer().body, "yes");
  EXPECT_EQ(BodyOf(requests().at(0)), "slow");
}

TEST_F(BodiesTest, AnswersByteByByte) {
  Start([](RawSocket& socket) {
    while (!socket.ReadRequest().empty()) {
      for (const char byte : std::string(kChunkedOk) + Chunk("a") + Chunk("bcd") + Chunk("")) {
        socket.Send({&byte, 1});
      }
    }
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.Ask(kGet);
    EXPECT_EQ(answer.body, "abcd");
    EXPECT_TRUE(answer.whole);
  }
}

TEST_F(BodiesTest, TrailersPass) {
  Start(Always(std::string(kChunkedOk) + Chunk("x") + "0\r\nX-Checksum: 7\r\nX-b: 8\r\n\r\n"));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.Ask(kGet).trailers, "X-Checksum: 7\r\nX-b: 8\r\n");
  }
}

TEST_F(BodiesTest, NothingOfTheClientsFramingReachesTheServer) {
  std::string got;
  Start([&](RawSocket& socket) {
    while (!got.ends_with("0\r\n\r\n")) got += socket.ReadSome();
    socket.Send(Ok(""));
    socket.WaitForClose();
  });
  Connect().Ask(std::string(kChunkedPost) + "0003;name=\"x\";y\r\nabc\r\n000\r\n\r\n");
  EXPECT_EQ(BodyOf(got), Chunk("abc") + Chunk(""));
}

}  // namespace
}  // namespace mcp_vitals::relay
