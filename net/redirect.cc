#include "net/redirect.h"

#include "net/error.h"

namespace mcp_vitals::net {

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Url> FollowRedirect(const Url& from, std::string_view method, int status,
                           std::string_view location) {
  const bool keeps_method = status == 307 || status == 308;
  const bool safe_method = method == "GET" || method == "HEAD";
  if (!IsRedirect(status) || location.empty() || (!keeps_method && !safe_method))
    return Error::kRedirectNotAllowed;
  auto to = Resolve(from, location);
  if (!to || (from.https && !to->https)) return Error::kRedirectNotAllowed;
  return to;
}

}  // namespace mcp_vitals::net
