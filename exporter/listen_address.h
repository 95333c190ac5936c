#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string_view>

namespace mcp_vitals::exporter {

// "127.0.0.1:9788", "[::]:9788" or ":9788" (all addresses); nothing for anything else.
std::optional<boost::asio::ip::tcp::endpoint> ParseListenAddress(std::string_view text);

}  // namespace mcp_vitals::exporter
