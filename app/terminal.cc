#include "app/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <string_view>

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kMaxWidth = 120;

bool WantsColour(Colour colour) {
  if (colour != Colour::kAuto) return colour == Colour::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return isatty(STDOUT_FILENO) == 1 && !refused && !dumb;
}

}  // namespace

Style TerminalStyle(Colour colour) {
  Style style;
  style.colour = WantsColour(colour);
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = std::min<std::size_t>(size.ws_col, kMaxWidth);
  }
  std::setlocale(LC_CTYPE, "");
  style.unicode = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  return style;
}

}  // namespace mcp_vitals::app
