#include "scaler/explained.h"

#include <utility>
#include <vector>

#include "scaler/explanation.pb.h"

namespace mcp_vitals::scaler {

namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxSentence = 600;

template <class Field>
std::vector<std::string> Sentences(const Field& field) {
  return {field.begin(), field.end()};
}

wire::Explanation ToWire(const Explained& explained) {
  const Explanation& explanation = explained.explanation;
  const auto cut = [](const std::string& sentence) { return sentence.substr(0, kMaxSentence); };
  wire::Explanation out;
  out.set_answer(cut(explanation.answer));
  for (const std::string& sentence : explanation.inputs) out.add_inputs(cut(sentence));
  for (const std::string& sentence : explanation.why) out.add_why(cut(sentence));
  out.set_hpa(cut(explanation.hpa));
  for (const std::string& sentence : explanation.changes) out.add_changes(cut(sentence));
  out.set_pods(explained.pods);
  out.set_seen(explained.seen);
  out.set_rule(explained.rule);
  return out;
}

}  // namespace

std::string Encode(const Explained& explained) {
  wire::Explanation out = ToWire(explained);
  for (auto* field : {out.mutable_changes(), out.mutable_inputs(), out.mutable_why()}) {
    while (out.ByteSizeLong() > kMaxBytes && !field->empty()) field->RemoveLast();
  }
  return out.SerializeAsString();
}

std::optional<Explained> DecodeExplained(std::string_view bytes) {
  wire::Explanation in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  Explanation explanation{in.answer(), Sentences(in.inputs()), Sentences(in.why()), in.hpa(),
                          Sentences(in.changes())};
  return Explained{std::move(explanation), in.pods(), in.seen(), in.rule()};
}

}  // namespace mcp_vitals::scaler
