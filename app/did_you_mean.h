#pragma once

#include <string>
#include <vector>

namespace mcp_vitals::app {

// The one of `known` that `word` was probably meant to be: its beginning, or a few letters away; ""
// if none comes near.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& known);

// ", did you mean WORD?" or nothing.
std::string Suggestion(const std::string& word, const std::vector<std::string>& known);

// "a, b, c"
std::string Join(const std::vector<std::string>& words);

}  // namespace mcp_vitals::app
