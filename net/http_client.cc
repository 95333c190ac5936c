#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/error.h"
#include "net/http_decoder.h"

namespace mcp_vitals::net {

namespace {

constexpr std::size_t kReadSize = 16 * 1024;

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// What could end a header early and start another would let a value inject headers.
bool IsFieldSafe(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={} \t";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > 0x20 && c < 0x7f && kSeparators.find(c) == std::string_view::npos;
  });
}

bool IsTarget(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
}

bool IsValid(const HttpRequest& request) {
  return IsToken(request.method) && IsTarget(request.target) &&
         std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
           return IsToken(header.first) && IsFieldSafe(header.second);
         });
}

void Serialize(const HttpRequest& request, std::string& out) {
  out.clear();
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : request.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  out.append("\r\n").append(request.body);
}

}  // namespace

std::string_view HttpHead::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return {};
}

struct HttpClient::Impl {
  Impl(Connection c, HttpLimits l) : connection(std::move(c)), limits(l) {}

  Connection connection;
  HttpLimits limits;
  std::optional<HttpDecoder> decoder;  // of the answer under way or last read
  std::string out;
  std::string in;  // received and not decoded yet: `in[0, filled)`
  std::size_t filled = 0;
  std::string piece;
  bool failed = false;

  // Decodes what is there; how many bytes the decoder took.
  Result<std::size_t> Decode();
  Task<Result<void>> Fill();
  // Reads until the decoder has a head, a piece or the end.
  Task<Result<void>> Advance(bool for_head);
};

Result<std::size_t> HttpClient::Impl::Decode() {
  if (filled == 0) return 0;
  const auto used = decoder->Feed(std::string_view(in).substr(0, filled));
  if (!used) return used;
  std::copy(in.begin() + static_cast<std::ptrdiff_t>(*used),
            in.begin() + static_cast<std::ptrdiff_t>(filled), in.begin());
  filled -= *used;
  return used;
}

Task<Result<void>> HttpClient::Impl::Fill() {
  if (in.size() - filled < kReadSize / 4) in.resize(in.size() + kReadSize);
  const auto size = co_await connection.ReadSome({in.data() + filled, in.size() - filled});
  if (!size) co_return size.error();
  if (*size == 0) co_return decoder->End();
  filled += *size;
  co_return Result<void>();
}

Task<Result<void>> HttpClient::Impl::Advance(bool for_head) {
  while (!decoder->complete()) {
    const auto took = Decode();
    if (!took) co_return took.error();
    if (for_head ? decoder->head() != nullptr : !decoder->piece().empty()) break;
    if (*took > 0) continue;
    const auto filled_more = co_await Fill();
    if (!filled_more) co_return filled_more.error();
  }
  co_return Result<void>();
}

HttpClient::HttpClient(Connection connection, HttpLimits limits)
    : impl_(std::make_unique<Impl>(std::move(connection), limits)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Task<Result<HttpHead>> HttpClient::Exchange(HttpRequest request, Deadline deadline) {
  Impl& impl = *impl_;
  if (!IsValid(request)) co_return Error::kBadRequest;
  impl.failed = true;  // until the answer has been read to its end
  impl.connection.SetDeadline(deadline);
  impl.decoder.emplace(impl.limits, request.method == "HEAD");
  Serialize(request, impl.out);
  const auto written = co_await impl.connection.Write(impl.out);
  if (!written) co_return written.error();
  const auto advanced = co_await impl.Advance(true);
  if (!advanced) co_return advanced.error();
  impl.failed = false;
  co_return std::move(*impl.decoder->head());
}

Task<Result<std::string_view>> HttpClient::ReadBody(Deadline deadline) {
  Impl& impl = *impl_;
  impl.connection.SetDeadline(deadline);
  impl.decoder->piece().swap(impl.piece);
  impl.decoder->piece().clear();
  if (!impl.piece.empty()) co_return std::string_view(impl.piece);
  const auto advanced = co_await impl.Advance(false);
  if (!advanced) {
    impl.failed = true;
    co_return advanced.error();
  }
  impl.decoder->piece().swap(impl.piece);
  impl.decoder->piece().clear();
  co_return std::string_view(impl.piece);
}

Task<Result<std::string>> HttpClient::ReadAll(Deadline deadline) {
  std::string body;
  while (true) {
    const auto piece = co_await ReadBody(deadline);
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return body;
    body.append(*piece);
  }
}

bool HttpClient::reusable() const {
  return !impl_->failed && impl_->filled == 0 && impl_->decoder && impl_->decoder->keep_alive();
}

}  // namespace mcp_vitals::net
