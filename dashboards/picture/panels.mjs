// The panels that are no charts: one number, a table, lanes of states.
import { color, colorOf, fieldOf, format, mappingOf } from "./grafana.mjs";
import { named, ticks, timeFormat } from "./chart.mjs";
import { escape, none } from "./text.mjs";

export function stat(panel, results, { width, height, from, to }) {
  const field = panel.fieldConfig.defaults;
  const points = results.flat()[0]?.points ?? [];
  const value = points.findLast(([, one]) => one !== null)?.[1];
  const text = value === undefined ? field.noValue ?? "No data" : format(value, field.unit, field.decimals);
  const shade = value === undefined ? "rgba(204,204,220,0.65)" : colorOf(value, field);
  const size = Math.min(34, (width - 24) / (text.length * 0.62), height * 0.5);
  const line = panel.options.graphMode === "area" && value !== undefined ? sparkline(points, shade, { width, height, from, to }) : "";
  return `${line}<div class="stat" style="color:${shade};font-size:${size}px">${escape(text)}</div>`;
}

function sparkline(points, shade, { width, height, from, to }) {
  const known = points.filter(([, value]) => value !== null);
  const values = known.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = height * 0.36;
  const place = ([time, value]) => [
    ((time - from) / (to - from)) * width,
    height - 4 - (high > low ? (value - low) / (high - low) : 0.5) * (room - 8),
  ].map((one) => one.toFixed(1)).join(",");
  const path = known.map(place).join(" L");
  if (known.length < 2) return "";
  const [first, last] = [place(known[0]).split(",")[0], place(known.at(-1)).split(",")[0]];
  return `<svg class="spark" width="${width}" height="${height}"><path d="M${first},${height} L${path} L${last},${height}Z"
    fill="${shade}" fill-opacity="0.12"/><path d="M${path}" fill="none" stroke="${shade}" stroke-width="1.3"/></svg>`;
}

/** Rows of equal labels are one row, as Grafana's transformation "merge" has it; then "organize". */
export function table(panel, results) {
  const rows = new Map();
  results.forEach((samples, i) => {
    const column = results.length > 1 ? `Value #${panel.targets[i].refId}` : "Value";
    for (const { metric, value } of samples) {
      const key = JSON.stringify(Object.entries(metric).sort());
      if (!rows.has(key)) rows.set(key, { ...metric });
      rows.get(key)[column] = value;
    }
  });
  if (rows.size === 0) return none(panel);
  const { excludeByName, indexByName, renameByName } = panel.transformations.find((one) => one.id === "organize").options;
  const columns = Object.keys(indexByName).filter((name) => !excludeByName[name]).sort((a, b) => indexByName[a] - indexByName[b]);
  const sort = panel.options.sortBy[0];
  const sorted = [...rows.values()];
  if (sort) {
    const by = columns.find((name) => renameByName[name] === sort.displayName);
    sorted.sort((a, b) => (a[by] > b[by] ? 1 : a[by] < b[by] ? -1 : 0) * (sort.desc ? -1 : 1));
  }
  const head = columns.map((name) => `<th>${escape(renameByName[name])}</th>`).join("");
  const body = sorted.map((row) => `<tr>${columns.map((name) => cell(row[name], fieldOf(panel, renameByName[name]))).join("")}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function cell(value, field) {
  const mapped = mappingOf(value, field.mappings);
  const text = mapped?.text ?? (typeof value === "number" ? format(value, field.unit, field.decimals) : value ?? "");
  const colored = field.custom.cellOptions.type === "color-text" && value !== undefined;
  const style = colored ? ` style="color:${colorOf(value, field)}"` : "";
  const shown = field.links && value !== undefined ? `<a>${escape(text)}</a>` : escape(text);
  return `<td${typeof value === "number" && !mapped ? ' class="number"' : ""}${style}>${shown}</td>`;
}

export function states(panel, results, { width, height, from, to }) {
  const series = named(panel, results);
  if (series.length === 0) return none(panel);
  const field = panel.fieldConfig.defaults;
  const left = Math.min(width * 0.4, Math.max(...series.map((one) => one.name.length)) * 6.6 + 16);
  const plot = height - 46;
  const lane = plot / series.length;
  const x = (time) => left + ((time - from) / (to - from)) * (width - left - 12);
  const parts = series.map((one, i) => {
    const thick = lane * panel.options.rowHeight;
    const y = i * lane + (lane - thick) / 2;
    const bars = segments(one.points, to).map(([value, begin, end]) =>
      `<rect x="${x(begin).toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(1, x(end) - x(begin)).toFixed(1)}" height="${thick.toFixed(1)}"
        fill="${colorOf(value, field)}" fill-opacity="${field.custom.fillOpacity / 100}"/>`);
    return `<text x="${left - 8}" y="${(y + thick / 2 + 4).toFixed(1)}" text-anchor="end">${escape(one.name)}</text>${bars.join("")}`;
  });
  const write = timeFormat(to - from);
  const times = ticks(from, to, width - left).map((time) =>
    `<text x="${x(time).toFixed(1)}" y="${plot + 16}" text-anchor="middle" class="tick">${write(time * 1000)}</text>`);
  const keys = Object.values(field.mappings[0].options).map((one) =>
    `<span class="key"><i style="background:${color(one.color)}"></i>${escape(one.text)}</span>`);
  return `<svg width="${width}" height="${plot + 22}">${parts.join("")}${times.join("")}</svg><div class="legend">${keys.join("")}</div>`;
}

// What does not change is one bar, as long as it is known.
function segments(points, to) {
  const found = [];
  points.forEach(([time, value], i) => {
    if (value === null) return;
    const end = points[i + 1]?.[0] ?? to;
    const last = found.at(-1);
    if (last && last[0] === value && last[2] === time) last[2] = end;
    else found.push([value, time, end]);
  });
  return found;
}
