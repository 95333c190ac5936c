#include "probe/address_scope.h"

#include <cstdint>

namespace mcp_vitals::probe {

namespace {

using vitals::AddressScope;

bool IsWithin(std::uint32_t address, std::uint32_t network, int bits) {
  return (address ^ network) >> (32 - bits) == 0;
}

AddressScope ScopeOfV4(const boost::asio::ip::address_v4& address) {
  if (address.is_loopback()) return AddressScope::kLoopback;
  const std::uint32_t value = address.to_uint();
  const bool is_private = IsWithin(value, 0x0A000000, 8) || IsWithin(value, 0xAC100000, 12) ||
                          IsWithin(value, 0xC0A80000, 16) || IsWithin(value, 0x64400000, 10) ||
                          IsWithin(value, 0xA9FE0000, 16);
  return is_private ? AddressScope::kPrivate : AddressScope::kPublic;
}

}  // namespace

AddressScope ScopeOf(const boost::asio::ip::address& address) {
  if (address.is_v4()) return ScopeOfV4(address.to_v4());
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) {
    return ScopeOfV4(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6));
  }
  if (v6.is_loopback()) return AddressScope::kLoopback;
  const bool unique_local = (v6.to_bytes()[0] & 0xFE) == 0xFC;
  return unique_local || v6.is_link_local() ? AddressScope::kPrivate : AddressScope::kPublic;
}

}  // namespace mcp_vitals::probe
