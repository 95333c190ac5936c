// The page around the panels, as Grafana lays it out: 24 columns, 30 pixels a row, 8 between.
import { escape } from "./text.mjs";

export const WIDTH = 1560;
const MARGIN = 16;
const ROW = 30;
const GAP = 8;
const HEADER = 98;

export function box({ x, y, w, h }) {
  const column = (WIDTH - 2 * MARGIN + GAP) / 24;
  return { left: MARGIN + x * column, top: HEADER + y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP };
}

export function pageHeight(panels) {
  return Math.max(...panels.map((one) => box(one.gridPos).top + box(one.gridPos).height)) + MARGIN;
}

export function place(panel, inside, note) {
  const { left, top, width, height } = box(panel.gridPos);
  const at = `left:${left.toFixed(1)}px;top:${top}px;width:${width.toFixed(1)}px;height:${height}px`;
  if (panel.type === "row") return `<div class="row" style="${at}">⌄ ${escape(panel.title)}</div>`;
  const aside = note ? `<span class="note">${escape(note)}</span>` : "";
  return `<section class="${panel.type}" style="${at}" title="${escape(panel.description)}">
    <h2>${escape(panel.title)}${aside}</h2><div class="inside">${inside}</div></section>`;
}

export function page(dashboard, shown, links, range, body) {
  const menus = shown.map(({ label, text }) => `<span class="menu"><b>${escape(label)}</b><span>${escape(text)} ▾</span></span>`);
  const notes = dashboard.annotations.list.filter((one) => !one.builtIn)
    .map((one) => `<span class="menu"><b>${escape(one.name)}</b><span class="on"></span></span>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(dashboard.title)}</title><style>${STYLE}</style>
<body style="width:${WIDTH}px;height:${pageHeight(dashboard.panels)}px">
<header><h1><small>Dashboards ›</small> ${escape(dashboard.title)}</h1>
${links.map((one) => `<a>${escape(one)} ↗</a>`).join("")}<span class="time">◷ ${escape(range)}</span></header>
<nav>${menus.join("")}${notes.join("")}</nav>
${body}</body></html>`;
}

const STYLE = `
* { box-sizing: border-box; margin: 0 }
body { background: #111217; color: #ccccdc; font: 14px Inter, "Helvetica Neue", Arial, sans-serif; position: relative; overflow: hidden }
header, nav { white-space: nowrap; position: absolute; left: 16px; right: 16px; display: flex; align-items: center; gap: 8px }
header { top: 12px } nav { top: 54px }
h1 { font-size: 18px; font-weight: 500; flex: 1 } small { color: rgba(204,204,220,.65); font-size: 14px; font-weight: 400 }
.time, .menu > span { background: #181b1f; border: 1px solid rgba(204,204,220,.2); border-radius: 2px; padding: 5px 10px; font-size: 13px }
.menu { display: flex; font-size: 12px } .menu > b { background: #22252b; padding: 6px 8px; font-weight: 500 }
.menu > .on { width: 34px; padding: 0; border-radius: 0 2px 2px 0; background: radial-gradient(circle at 23px 50%, #fff 5px, #3d71d9 6px) }
header a { font-size: 12px; background: #22252b; padding: 6px 8px; border-radius: 2px }
section, .row { position: absolute }
.row { font-size: 16px; font-weight: 500; padding-top: 5px }
section { background: #181b1f; border: 1px solid rgba(204,204,220,.12); border-radius: 2px; overflow: hidden }
h2 { font-size: 14px; font-weight: 500; height: 32px; line-height: 32px; padding: 0 8px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.note { float: right; color: #6e9fff; font-size: 12px; font-weight: 400 }
.inside { position: absolute; inset: 32px 0 0 0 }
.none { height: 100%; display: grid; place-items: center; color: rgba(204,204,220,.65); font-size: 16px; padding-bottom: 24px }
.stat .inside { inset: 0 } .stat > .inside > .stat { position: absolute; inset: 24px 0 30px; display: grid; place-items: center; font-weight: 500 }
.stat h2 { text-align: center } .spark { position: absolute; inset: 0 }
.legend { padding: 0 12px; display: flex; flex-wrap: wrap; gap: 0 14px; overflow: hidden; font-size: 12px; line-height: 20px }
.key i { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin-right: 6px; vertical-align: middle }
svg { display: block } svg text { fill: #ccccdc; font-size: 12px } svg text.tick { fill: rgba(204,204,220,.65) }
table { width: 100%; border-collapse: collapse; font-size: 14px }
th { text-align: left; color: #6e9fff; font-weight: 500 } th, td { padding: 0 8px; height: 35px; border-bottom: 1px solid rgba(204,204,220,.07); white-space: nowrap }
td.number { text-align: left } td a { color: #6e9fff }
`;
