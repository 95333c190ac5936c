// A time series panel: lines, areas or bars by echarts, with Grafana's legend below.
import * as echarts from "echarts";

import { color, fieldOf, format, palette } from "./grafana.mjs";
import { nameOf } from "./data.mjs";
import { escape, none } from "./text.mjs";

const FONT = "Inter, 'Helvetica Neue', Arial, sans-serif";
const LEGEND_LINE = 20;

export function named(panel, results) {
  return results.flatMap((series, i) =>
    series.map((one) => ({ ...one, name: nameOf(panel.targets[i].legendFormat, one.metric) })));
}

/** Times at which an axis so wide has a label: round ones, in seconds. */
export function ticks(from, to, width) {
  const round = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 604800];
  const every = round.find((one) => (to - from) / one <= width / 70) ?? 1209600;
  const found = [];
  for (let time = Math.ceil(from / every) * every; time <= to; time += every) found.push(time);
  return found;
}

export function timeFormat(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return (ms) => {
    const at = new Date(ms);
    return seconds > 2 * 86400
      ? `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}`
      : `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  };
}

export function chart(panel, results, { width, height, from, to, annotations }) {
  const series = named(panel, results);
  if (series.length === 0) return none(panel);
  series.forEach((one, i) => {
    one.field = fieldOf(panel, one.name);
    one.color = one.field.color.mode === "fixed" ? color(one.field.color.fixedColor) : palette[i % palette.length];
  });
  const legend = legendOf(series, width);
  const plot = height - legend.height;
  const drawn = echarts.init(null, null, { renderer: "svg", ssr: true, width, height: plot });
  drawn.setOption(options(panel, series, { from, to, annotations, plot, width }));
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return svg + legend.html;
}

function options(panel, series, { from, to, annotations, plot, width }) {
  const { defaults } = panel.fieldConfig;
  const percent = defaults.custom.stacking.mode === "percent";
  if (percent) toShares(series);
  const unit = percent ? "percentunit" : defaults.unit;
  const soft = defaults.custom.axisSoftMax ?? -Infinity;
  const top = Math.max(highest(series), soft);
  const label = { color: "rgba(204,204,220,0.65)", fontSize: 12, fontFamily: FONT };
  const customValues = ticks(from, to, width - 50).map((time) => time * 1000);
  const grid = { lineStyle: { color: "rgba(204,204,220,0.07)" } };
  return {
    animation: false,
    grid: { left: 8, right: 14, top: 10, bottom: 4, outerBoundsMode: "same" },
    xAxis: {
      type: "value", min: from * 1000, max: to * 1000,
      axisLine: { show: false }, axisTick: { show: false, customValues }, splitLine: { show: true, customValues, ...grid },
      axisLabel: { ...label, customValues, formatter: timeFormat(to - from) },
    },
    yAxis: {
      type: "value", min: defaults.min, max: percent ? 1 : defaults.max ?? (top === soft ? soft : undefined),
      splitNumber: Math.max(2, Math.round(plot / 45)), minInterval: unit === "short" && top > 1 ? 1 : undefined,
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { ...grid },
      axisLabel: { ...label, formatter: (value) => axisText(value, unit) },
    },
    series: series.map((one, i) => drawnSeries(one, i, defaults, i === 0 ? marks(defaults, annotations, top) : undefined)),
  };
}

function axisText(value, unit) {
  const text = format(value, unit, unit === "bytes" ? 0 : Math.abs(value) < 1 ? 4 : 2);
  return text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");
}

function drawnSeries(one, i, defaults, markLine) {
  const { custom } = one.field;
  const stacked = custom.stacking.mode !== "none";
  const dash = custom.lineStyle?.fill === "dash" ? custom.lineStyle.dash : "solid";
  const common = {
    name: one.name, stack: stacked ? "A" : undefined, itemStyle: { color: one.color }, markLine,
    data: one.points.map(([time, value]) => [time * 1000, value]),
  };
  if (custom.drawStyle === "bars") return { ...common, type: "bar", barCategoryGap: "20%" };
  return {
    ...common, type: "line", connectNulls: Boolean(custom.spanNulls),
    symbol: lonely(one.points) ? "circle" : "none", symbolSize: 4,
    step: custom.lineInterpolation === "stepAfter" ? "end" : undefined,
    lineStyle: { width: custom.lineWidth + 0.3, type: dash },
    areaStyle: custom.fillOpacity ? { opacity: custom.fillOpacity / 100 } : undefined,
  };
}

// A point between two gaps would not be seen.
function lonely(points) {
  return points.filter(([, value]) => value !== null).length === 1;
}

function marks(defaults, annotations, top) {
  const data = [];
  if (defaults.custom.thresholdsStyle.mode === "dashed") {
    for (const step of defaults.thresholds.steps) {
      if (step.value !== null && step.value <= (defaults.max ?? top * 1.1)) {
        data.push({ yAxis: step.value, lineStyle: { color: color(step.color), type: [8, 6], width: 1, opacity: 0.8 } });
      }
    }
  }
  for (const one of annotations) {
    data.push({ xAxis: one.time * 1000, lineStyle: { color: color(one.color), type: [4, 4], width: 1 } });
  }
  return { silent: true, symbol: "none", label: { show: false }, data };
}

function toShares(series) {
  series[0].points.forEach((_, i) => {
    const sum = series.reduce((all, one) => all + (one.points[i]?.[1] ?? 0), 0);
    for (const one of series) if (one.points[i]) one.points[i][1] = sum ? (one.points[i][1] ?? 0) / sum : null;
  });
}

function highest(series) {
  return Math.max(...series.flatMap((one) => one.points.map(([, value]) => value ?? 0)), 0);
}

function legendOf(series, width) {
  const items = series.map((one) =>
    `<span class="key"><i style="background:${one.color}"></i>${escape(one.name)}</span>`);
  const wanted = series.reduce((sum, one) => sum + one.name.length * 6.6 + 30, 0);
  const lines = Math.min(3, Math.ceil(wanted / (width - 12)));
  return { height: lines * LEGEND_LINE + 6, html: `<div class="legend" style="height:${lines * LEGEND_LINE}px">${items.join("")}</div>` };
}
