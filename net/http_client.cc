#include "net/http_client.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "net/error.h"
#include "net/http_decoder.h"
#include "net/http_request.h"

namespace mcp_vitals::net {

namespace {
constexpr std::size_t kReadSize = std::size_t{16} << 10;
}  // namespace

std::string_view HttpHead::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualHeaderNames(key, name)) return value;
  }
  return {};
}

struct HttpClient::Impl {
  Impl(Connection c, HttpLimits l) : connection(std::move(c)), limits(l) {}

  // Decodes what is there and reads more, until there is a head, a piece of the body or the end.
  Task<Result<void>> AdvanceToHead();
  Task<Result<void>> AdvanceToBody();
  Result<void> Decode();
  Task<Result<void>> Fill();
  void MakeRoom();
  // The last answer left the connection fit for another.
  bool clean() const { return !error && begin == end && decoder && decoder->keep_alive(); }
  boost::system::error_code Fail(boost::system::error_code error);

  Connection connection;
  HttpLimits limits;
  std::optional<HttpDecoder> decoder;  // of the answer under way or last read
  // Received and not decoded: [begin, end) of `buffer`. Its capacity follows what must be held at
  // once, which the decoder bounds by the limit of a head.
  std::unique_ptr<char[]> buffer;
  std::size_t capacity = 0, begin = 0, end = 0;
  std::string piece;                // what ReadBody's caller looks at
  boost::system::error_code error;  // the connection carries nothing any more
};

boost::system::error_code HttpClient::Impl::Fail(boost::system::error_code why) {
  error = why;
  connection.Close();
  return error;
}

Result<void> HttpClient::Impl::Decode() {
  const auto used = decoder->Feed({buffer.get() + begin, end - begin});
  if (!used) return used.error();
  begin += *used;
  return {};
}

void HttpClient::Impl::MakeRoom() {
  if (begin == end) begin = end = 0;
  if (capacity - end >= kReadSize / 2) return;
  const std::size_t held = end - begin;
  if (capacity - held >= kReadSize / 2) {
    std::memmove(buffer.get(), buffer.get() + begin, held);
  } else {
    auto larger = std::make_unique_for_overwrite<char[]>(std::max(2 * capacity, kReadSize));
    if (held > 0) std::memcpy(larger.get(), buffer.get() + begin, held);
    buffer = std::move(larger);
    capacity = std::max(2 * capacity, kReadSize);
  }
  begin = 0;
  end = held;
}

// More of the answer, or its orderly end.
Task<Result<void>> HttpClient::Impl::Fill() {
  MakeRoom();
  const auto size = co_await connection.ReadSome({buffer.get() + end, capacity - end});
  // A server that drops an idle connection may do so without TLS's goodbye.
  if (!size && size.error() == Error::kClosedEarly && !decoder->received()) {
    co_return Error::kNoAnswer;
  }
  if (!size) co_return size.error();
  if (*size == 0) co_return decoder->End();
  end += *size;
  co_return Result<void>();
}

Task<Result<void>> HttpClient::Impl::AdvanceToHead() {
  while (true) {
    const auto filled = co_await Fill();
    if (!filled && filled.error() == Error::kTimeout) co_return filled.error();
    if (!filled) co_return Fail(filled.error());
    const auto decoded = Decode();
    if (!decoded) co_return Fail(decoded.error());
    if (decoder->head() != nullptr) co_return Result<void>();
  }
}

Task<Result<void>> HttpClient::Impl::AdvanceToBody() {
  while (true) {
    if (error && decoder->body().empty()) co_return error;
    // An error that comes with bytes before it is told when they have been taken.
    const auto decoded = error ? Result<void>() : Decode();
    if (!decoded) error = Fail(decoded.error());
    if (!decoder->body().empty() || decoder->complete()) co_return Result<void>();
    if (error) co_return error;
    const auto filled = co_await Fill();
    if (!filled) co_return Fail(filled.error());
  }
}

HttpClient::HttpClient(Connection connection, HttpLimits limits)
    : impl_(std::make_unique<Impl>(std::move(connection), limits)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Task<Result<HttpHead>> HttpClient::Exchange(HttpRequest request, Deadline deadline) {
  Impl& impl = *impl_;
  if (!IsValid(request)) co_return Error::kBadRequest;
  // Bytes that were not asked for would be taken for the answer.
  if (impl.decoder && !impl.clean()) co_return impl.Fail(Error::kNoAnswer);
  impl.connection.SetDeadline(deadline);
  impl.decoder.emplace(impl.limits, request.method == "HEAD");
  Serialize(request, impl.piece);
  const auto written = co_await impl.connection.Write(impl.piece);
  // A server may answer and close before it has read all: what it said counts for more.
  if (!written && written.error() != Error::kReset) co_return impl.Fail(written.error());
  const auto advanced = co_await impl.AdvanceToHead();
  if (!advanced) co_return advanced.error();
  co_return std::move(*impl.decoder->head());
}

Task<Result<HttpHead>> HttpClient::AwaitHead(Deadline deadline) {
  Impl& impl = *impl_;
  const bool under_way = !impl.error && impl.decoder && !impl.decoder->complete();
  if (!under_way) co_return Error::kNoAnswer;
  impl.connection.SetDeadline(deadline);
  const auto advanced = co_await impl.AdvanceToHead();
  if (!advanced) co_return advanced.error();
  co_return std::move(*impl.decoder->head());
}

Task<Result<std::string_view>> HttpClient::ReadBody(Deadline deadline) {
  Impl& impl = *impl_;
  impl.connection.SetDeadline(deadline);
  const auto advanced = co_await impl.AdvanceToBody();
  if (!advanced) co_return advanced.error();
  impl.piece.clear();
  impl.piece.swap(impl.decoder->body());
  co_return std::string_view(impl.piece);
}

Task<Result<std::string>> HttpClient::ReadAll(Deadline deadline) {
  Impl& impl = *impl_;
  impl.connection.SetDeadline(deadline);
  std::string body;
  while (true) {
    const auto advanced = co_await impl.AdvanceToBody();
    if (!advanced) co_return advanced.error();
    std::string& more = impl.decoder->body();
    if (body.empty()) {
      body = std::move(more);
    } else {
      body += more;
    }
    more.clear();
    if (impl.decoder->complete()) co_return std::move(body);
  }
}

bool HttpClient::reusable() const { return impl_->clean() && impl_->connection.IdleAndOpen(); }

}  // namespace mcp_vitals::net
