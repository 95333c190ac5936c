#include "tests/closed_loop/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace mcp_vitals::closed_loop {

Random::Random(std::uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state.
  for (std::uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t Random::Next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

std::size_t Random::Index(std::size_t n) {
  return static_cast<std::size_t>(Uniform() * static_cast<double>(n));
}

double Random::Exponential(double mean) { return -mean * std::log1p(-Uniform()); }

double Random::Normal() {
  const double radius = std::sqrt(-2 * std::log1p(-Uniform()));
  return radius * std::cos(2 * std::numbers::pi * Uniform());
}

double Random::LogNormal(double mean, double sigma) {
  return mean * std::exp(sigma * Normal() - sigma * sigma / 2);
}

int Random::Poisson(double mean) {
  constexpr double kMost = 16;  // of one go: exp(-mean) is exact enough
  int count = 0;
  for (; mean > 0; mean -= kMost) {
    const double floor = std::exp(-(mean < kMost ? mean : kMost));
    for (double product = Uniform(); product > floor; product *= Uniform()) ++count;
  }
  return count;
}

}  // namespace mcp_vitals::closed_loop
