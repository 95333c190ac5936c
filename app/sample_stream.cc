#include "app/sample_stream.h"

#include <utility>

namespace mcp_vitals::app {

std::string SseEvent(std::string_view json) {
  constexpr std::string_view kBegin = "event: message\ndata: ";
  std::string event;
  event.reserve(kBegin.size() + json.size() + 2);
  return ((event += kBegin) += json) += "\n\n";
}

std::string SseComment(std::string_view text) { return (std::string(": ") += text) += "\n\n"; }

std::shared_ptr<SampleStream> SampleStreams::Open(SampleStream stream) {
  if (open_.size() >= limit_) return nullptr;
  const std::shared_ptr<SampleStream> opened(new SampleStream(std::move(stream)),
                                             [this](SampleStream* gone) {
                                               open_.erase(gone);
                                               live_ = open_.size();
                                               delete gone;
                                             });
  open_.insert(opened.get());
  live_ = open_.size();
  return opened;
}

void SampleStreams::End(SampleStream& stream) {
  stream.has_ended = true;
  if (stream.wake) stream.wake();
}

void SampleStreams::EndSession(std::string_view session) {
  for (SampleStream* stream : open_) {
    if (stream->session == session) End(*stream);
  }
}

void SampleStreams::Cancel(std::string_view session, std::string_view id_json) {
  if (id_json.empty()) return;
  for (SampleStream* stream : open_) {
    if (stream->session == session && stream->id_json == id_json) End(*stream);
  }
}

void SampleStreams::EndAll() {
  for (SampleStream* stream : open_) End(*stream);
}

}  // namespace mcp_vitals::app
