// Grafana's own formats and colours, from its package, which expects a browser.
import { createRequire } from "node:module";

globalThis.navigator ??= {};
if (!navigator.languages) Object.defineProperty(navigator, "languages", { value: ["en-US"] });

const data = createRequire(import.meta.url)("@grafana/data");
const theme = data.createTheme({ colors: { mode: "dark" } });

export const palette = theme.visualization.palette.map((name) => color(name));

export function color(name) {
  return theme.visualization.getColorByName(name);
}

export const units = new Set(data.getValueFormats().flatMap((group) => group.submenu.map((one) => one.value)));

/** As Grafana writes a value. Without `decimals` there are as many as the value needs. */
export function format(value, unit, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  const size = Math.abs(value);
  if (decimals === undefined && size > 0 && unit !== "s") decimals = size < 10 && size % 1 ? 2 : undefined;
  const text = data.formattedValueToString(data.getValueFormat(unit)(value, decimals ?? undefined));
  return text.trim();
}

/** The colour of a value by thresholds or mappings. */
export function colorOf(value, field) {
  const mapped = mappingOf(value, field.mappings);
  if (mapped?.color) return color(mapped.color);
  if (field.color?.mode === "fixed") return color(field.color.fixedColor);
  let chosen = "green";
  for (const step of field.thresholds?.steps ?? []) {
    if (step.value === null || value >= step.value) chosen = step.color;
  }
  return color(chosen);
}

export function mappingOf(value, mappings) {
  return mappings?.find((one) => one.type === "value" && one.options[String(value)])?.options[String(value)];
}

/** What holds for a series or column: the panel's defaults, and the overrides that match its name. */
export function fieldOf(panel, name) {
  const field = structuredClone(panel.fieldConfig.defaults);
  for (const { matcher, properties } of panel.fieldConfig.overrides) {
    const fits = matcher.id === "byName" ? matcher.options === name : new RegExp(`^(?:${matcher.options})$`).test(name);
    if (!fits) continue;
    for (const { id, value } of properties) {
      if (id.startsWith("custom.")) field.custom[id.slice(7)] = value;
      else field[id] = value;
    }
  }
  return field;
}
