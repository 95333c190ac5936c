#include "probe/address_scope.h"

#include <gtest/gtest.h>

namespace mcp_vitals::probe {
namespace {

using vitals::AddressScope;

AddressScope Of(const char* address) { return ScopeOf(boost::asio::ip::make_address(address)); }

TEST(AddressScopeTest, Loopback) {
  for (const char* address : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(Of(address), AddressScope::kLoopback) << address;
  }
}

TEST(AddressScopeTest, PrivateNetworks) {
  for (const char* address : {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
                              "192.168.1.1", "fd00::1", "fc00::1", "::ffff:10.1.2.3"}) {
    EXPECT_EQ(Of(address), AddressScope::kPrivate) << address;
  }
}

TEST(AddressScopeTest, LinkLocalAndCarrierGradeNatAreNotPublic) {
  for (const char* address :
       {"169.254.169.254", "fe80::1", "febf::1", "100.64.0.1", "100.127.255.255"}) {
    EXPECT_EQ(Of(address), AddressScope::kPrivate) << address;
  }
}

TEST(AddressScopeTest, EverythingElseIsPublic) {
  for (const char* address :
       {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "100.63.255.255", "100.128.0.0", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"}) {
    EXPECT_EQ(Of(address), AddressScope::kPublic) << address;
  }
}

}  // namespace
}  // namespace mcp_vitals::probe
