#include "exporter/router.h"

#include <gmock/gmock.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "tests/exporter/answers.h"

namespace mcp_vitals::exporter {
namespace {

using ::testing::Contains;
using ::testing::Pair;

Request Asking(const std::string& path, const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.path = path;
  return request;
}

Response Serve(Router& router, const Request& request) {
  Response got;
  int times = 0;
  router.Serve(request, [&](const Response& answer) {
    got = answer;
    ++times;
  });
  EXPECT_EQ(times, 1);
  return got;
}

Routes One(Handler handler, int max_concurrent = 16) {
  Routes routes;
  routes["/a"].handler = std::move(handler);
  routes["/a"].max_concurrent = max_concurrent;
  return routes;
}

TEST(RouterTest, AnswersByExactPath) {
  Router router(One([](const Request&) { return Answer(200, "here"); }), {"GET"}, nullptr);
  EXPECT_EQ(Serve(router, Asking("/a")).body, "here");
  for (const char* path : {"/", "/a/", "/A", "/a/b", ""}) {
    EXPECT_EQ(Serve(router, Asking(path)).status, 404) << path;
  }
}

TEST(RouterTest, NamesTheMethodsThatItTakes) {
  Router router(One([](const Request&) { return Response{}; }), {"GET", "HEAD"}, nullptr);
  const Response refused = Serve(router, Asking("/a", "DELETE"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.headers, Contains(Pair("Allow", "GET, HEAD")));
}

TEST(RouterTest, TellsStrangersNotEvenWhichPagesThereAre) {
  Router router(One([](const Request&) { return Response{}; }), {"GET"}, nullptr);
  router.SetUsers({{"ops", "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"}});
  EXPECT_EQ(Serve(router, Asking("/nothing")).status, 401);
  EXPECT_EQ(Serve(router, Asking("/a", "DELETE")).status, 401);
  router.SetUsers({});
  EXPECT_EQ(Serve(router, Asking("/a")).status, 200);
}

TEST(RouterTest, CountsARouteBusyUntilItsAnswerIsWritten) {
  SelfVitals self;
  Router router(One([](const Request&) { return Answer(200, "answer"); }, 1), {"GET"}, &self);
  std::promise<void> writing;
  std::promise<void> release;
  std::thread slow([&] {
    router.Serve(Asking("/a"), [&](const Response&) {
      writing.set_value();
      release.get_future().wait();
    });
  });
  writing.get_future().wait();
  const Response refused = Serve(router, Asking("/a"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.headers, Contains(Pair("Retry-After", "1")));
  EXPECT_EQ(self.requests_rejected, 1u);
  release.set_value();
  slow.join();
  EXPECT_EQ(Serve(router, Asking("/a")).status, 200);
}

TEST(RouterTest, LetsARequestWaitALittleForItsTurn) {
  Router router(One([](const Request&) { return Response{}; }, 1), {"GET"}, nullptr);
  std::promise<void> writing;
  std::promise<void> release;
  std::thread slow([&] {
    router.Serve(Asking("/a"), [&](const Response&) {
      writing.set_value();
      release.get_future().wait();
    });
  });
  writing.get_future().wait();
  auto second = std::async(std::launch::async, [&] { return Serve(router, Asking("/a")).status; });
  release.set_value();
  EXPECT_EQ(second.get(), 200);
  slow.join();
}

TEST(RouterTest, IsFreeAgainAfterAHandlerThrew) {
  bool first = true;
  Router router(One(
                    [&](const Request&) -> Response {
                      if (std::exchange(first, false)) throw std::runtime_error("a bug");
                      return {};
                    },
                    1),
                {"GET"}, nullptr);
  EXPECT_THROW(router.Serve(Asking("/a"), [](const Response&) {}), std::runtime_error);
  EXPECT_EQ(Serve(router, Asking("/a")).status, 200);
}

}  // namespace
}  // namespace mcp_vitals::exporter
