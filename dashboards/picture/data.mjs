// Asks Prometheus what Grafana would ask, with the variables filled in.

const SCRAPE = 15; // seconds: of the data source, as its settings say

export class Source {
  constructor(url) {
    this.url = url.replace(/\/$/, "");
  }

  async #get(path, parameters) {
    const query = new URLSearchParams(parameters);
    const answer = await fetch(`${this.url}/api/v1/${path}?${query}`);
    const body = await answer.json();
    if (body.status !== "success") throw new Error(`${body.error}: ${parameters.query ?? path}`);
    return body.data;
  }

  /** Series with points by time; a time without a sample is null. */
  async range(query, from, to, step) {
    const start = Math.ceil(from / step) * step;
    const { result } = await this.#get("query_range", { query, start, end: to, step });
    return result.map(({ metric, values }) => {
      const known = new Map(values.map(([time, value]) => [Math.round(time), Number(value)]));
      const points = [];
      for (let time = start; time <= to; time += step) points.push([time, number(known.get(time))]);
      return { metric, points };
    });
  }

  async instant(query, time) {
    const { result } = await this.#get("query", { query, time });
    return result.map(({ metric, value }) => ({ metric, value: number(Number(value[1])) }));
  }

  async labelValues(label, selector, from, to) {
    return this.#get(`label/${label}/values`, { "match[]": selector, start: from, end: to });
  }
}

function number(value) {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The step of a picture so wide, and what Grafana makes of it. */
export function intervals(seconds, pixels) {
  const nice = [15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const step = nice.find((one) => one >= seconds / pixels) ?? 86400;
  return {
    step,
    filled: { __interval: `${step}s`, __range: `${seconds}s`, __rate_interval: `${Math.max(step + SCRAPE, 4 * SCRAPE)}s` },
  };
}

export function fill(text, values) {
  return text.replace(/\$(?:\{(\w+(?::regex)?)\}|(\w+))/g, (all, braced, plain) => values[braced ?? plain] ?? all);
}

const pattern = (text) => text.replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
const quoted = (text) => pattern(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"');

/** What each variable is in queries, and what its menu shows. Those that are not chosen are All, or the first. */
export async function variables(dashboard, source, chosen, from, to) {
  const values = {};
  const shown = [];
  for (const one of dashboard.templating.list) {
    if (one.type === "datasource") {
      shown.push({ label: one.label, text: "Prometheus" });
      continue;
    }
    const value = chosen[one.name];
    if (value === undefined && one.includeAll) {
      values[one.name] = values[`${one.name}:regex`] = one.allValue;
      shown.push({ label: one.label, text: "All" });
      continue;
    }
    const [, selector, label] = one.query.match(/^label_values\((.*),\s*(\w+)\)$/s);
    const first = value ?? (await source.labelValues(label, fill(selector, values), from, to))[0] ?? "";
    values[one.name] = quoted(first);
    values[`${one.name}:regex`] = pattern(first);
    shown.push({ label: one.label, text: first });
  }
  return { values, shown };
}

/** A series' name by the legend's pattern. */
export function nameOf(legend, metric) {
  if (legend === "__auto" || !legend) return Object.values(metric).join(" ") || "Value";
  return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? "").trim().replace(/\s+/g, " ");
}
