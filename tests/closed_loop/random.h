#pragma once

#include <cstddef>
#include <cstdint>

namespace mcp_vitals::closed_loop {

// Pseudo-random numbers that are the same on every machine (xoshiro256**, by Blackman and Vigna):
// the distributions of the standard library are each library's own.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  double Uniform();                  // from 0, less than 1
  std::size_t Index(std::size_t n);  // less than n, which is not 0
  double Exponential(double mean);
  double LogNormal(double mean, double sigma);
  int Poisson(double mean);

 private:
  std::uint64_t Next();
  double Normal();

  std::uint64_t state_[4];
};

}  // namespace mcp_vitals::closed_loop
