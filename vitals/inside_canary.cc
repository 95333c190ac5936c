#include "vitals/inside_canary.h"

#include <array>

namespace mcp_vitals::vitals {

namespace {
constexpr std::array<std::string_view, kLayerCount> kLayers = {"server", "path", "unknown"};
static_assert(static_cast<std::size_t>(Layer::kUnknown) + 1 == kLayerCount);
}  // namespace

std::string_view ToString(Layer layer) { return kLayers[static_cast<std::size_t>(layer)]; }

// FNV-1a (draft-eastlake-fnv): two targets of one pod need to differ, no more.
std::uint64_t ProbeTag(std::string_view target) {
  std::uint64_t tag = 0xcbf29ce484222325;
  for (const char c : target) tag = (tag ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return tag;
}

std::optional<Layer> LayerAtFault(const ProbeResult& outside,
                                  const std::optional<InsideCanary>& inside) {
  if (outside.success) return std::nullopt;
  const bool same_probe = inside && inside->answered >= outside.started;
  if (!same_probe) return Layer::kUnknown;
  // An answer that is not what was expected is the server's, however well it was answered.
  const bool wrong_answer = outside.reason == Reason::kCanaryFailed;
  return inside->good && !wrong_answer ? Layer::kPath : Layer::kServer;
}

}  // namespace mcp_vitals::vitals
