# Asio and Beast compiled once, not in every file that includes them, and one precompiled header of
# what most files include: together they keep a clean build within minutes on two cores. Targets take
# the header by REUSE_FROM, since each of its own would be 230 MB and ten seconds more.
add_library(mcp_vitals_boost STATIC cmake/boost.cc)
add_library(mcp_vitals::boost ALIAS mcp_vitals_boost)
target_compile_definitions(mcp_vitals_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
if(MCP_VITALS_SANITIZE MATCHES "thread")
  # TSan does not understand fences, and g++ says so as a warning.
  target_compile_definitions(mcp_vitals_boost PUBLIC BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
target_link_libraries(mcp_vitals_boost PUBLIC
  Boost::headers Boost::url OpenSSL::SSL OpenSSL::Crypto Threads::Threads
  PRIVATE mcp_vitals::options)  # as its users: a precompiled header fits the same flags alone
# Where another system's packages ask for other flags it does not fit: slower, and no error.
set(CMAKE_PCH_WARN_INVALID OFF)
target_precompile_headers(mcp_vitals_boost PRIVATE
  <boost/asio.hpp> <boost/asio/ssl.hpp> <boost/beast/http.hpp> <boost/system/result.hpp>
  <chrono> <functional> <map> <memory> <optional> <string> <string_view> <vector>)
