#include "exporter/html.h"

#include "exporter/http.h"

namespace mcp_vitals::exporter {

namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<meta name="viewport" content="width=device-width"><title>mcp-vitals</title><style>
:root{color-scheme:light dark;--line:#8884;--good:#1a7f4b;--bad:#c0392b;--soft:#888}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0}nav{margin:.3rem 0 1.4rem}nav a{margin-right:1rem}
article{border:1px solid var(--line);border-left:5px solid var(--good);border-radius:6px;
padding:.7rem 1rem;margin:.8rem 0}article.bad{border-left-color:var(--bad)}
article.none{border-left-color:var(--soft)}h2{font-size:1.05rem;margin:0}
h2 small{font-weight:normal}h2 b{color:var(--good)}.bad h2 b{color:var(--bad)}small,.soft{color:var(--soft)}
p{margin:.25rem 0;overflow-wrap:anywhere}
.bars{display:grid;grid-template-columns:6.5rem 1fr 5.5rem;gap:.1rem .6rem;font-size:.85rem;
margin-top:.5rem}.bars i{display:block;height:.7rem;margin-top:.3rem;background:#3b82c4;
border-radius:2px;min-width:2px}.bars span:nth-child(3n){text-align:right}
.bars i.at{background:var(--bad)}
.facts{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem;margin:.5rem 0}.facts b{font-size:1.25rem;
font-weight:600;display:block}table{border-collapse:collapse;width:100%;font-size:.85rem;
margin-top:.5rem}th,td{text-align:right;padding:.15rem .5rem;border-top:1px solid var(--line)}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}th{font-weight:normal;
color:var(--soft);border-top:0}ul.wrong{border-left:5px solid var(--bad);border-radius:6px;
padding:.6rem 1rem .6rem 2rem;margin:.8rem 0;background:#c0392b14}
section{border-top:1px solid var(--line);padding-top:.5rem;margin-top:.6rem}h3{font-size:1rem;
margin:0}h3 small{font-weight:normal}h3 b{color:var(--bad)}h4{font-size:.8rem;font-weight:normal;
color:var(--soft);margin:.2rem 0}.columns{display:grid;gap:0 1.6rem;font-size:.9rem;
grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}.columns ul{margin:0;padding-left:1.1rem}
.columns li{overflow-wrap:anywhere}
svg.chart{width:100%;height:auto;display:block;margin:.4rem 0}.chart text{font-size:11px;
fill:var(--soft)}.chart .end{text-anchor:end}.chart .grid{stroke:var(--line);fill:none}
.chart .asked{stroke:#3b82c4;stroke-width:2.5;fill:none}.chart .seen{fill:#8884}
.chart .blind{fill:#c0392b33}.key{display:inline-block;width:1rem;height:.6rem;margin-left:.8rem}
.key.asked{background:#3b82c4;height:.2rem;vertical-align:.2rem}.key.seen{background:#8884}
.key.blind{background:#c0392b33}
</style></head><body><h1>mcp-vitals</h1>
<nav>)html";

}  // namespace

void WriteHead(bool with_scaling, std::ostream& out) {
  out << kHead;
  if (with_scaling) out << "<a href=\"/\">status</a><a href=\"/scaling\">scaling</a>";
  out << "<a href=\"/metrics\">metrics</a><a href=\"/config\">configuration</a>"
         "<a href=\"/-/ready\">ready</a><a href=\"/-/healthy\">healthy</a></nav>\n";
}

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : CleanUtf8(text, 1024)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace mcp_vitals::exporter
