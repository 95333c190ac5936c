#pragma once

#include <map>
#include <string>
#include <variant>

#include "scaler/policy.h"

namespace mcp_vitals::scaler {

// What KEDA is told of one trigger at one moment; value and activity agree.
struct Verdict {
  double value = 0;  // finite, from 0; in the unit of Policy::TargetSize
  bool active = true;
};

// Nothing can be said: why, in one sentence. It is never a number, and never "not active".
struct Blind {
  std::string why;
};

struct Decision;

// The memory that answers come from. Any thread; at once.
class Verdicts {
 public:
  virtual ~Verdicts() = default;
  // What holds for a fleet where a trigger's metadata says nothing; null: there is no such fleet.
  virtual const Metadata* DefaultsOf(const std::string& fleet) const = 0;
  virtual std::variant<Verdict, Blind> Ask(const Policy& policy) const = 0;
  // The same answer, with all that it was made of.
  virtual Decision AskWhy(const Policy& policy) const = 0;
};

}  // namespace mcp_vitals::scaler
