// Types by @grafana/schema, units by @grafana/data. Run by `grafana`, which knows whether they are there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const PICTURE = join(ROOT, "dashboards/picture");
const { units } = await import(join(PICTURE, "grafana.mjs"));
const dashboards = readdirSync(join(ROOT, "dashboards")).filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(ROOT, "dashboards", name))));

// Enums are plain strings in JSON; a field that the types do not know is an error.
const HEAD = `
import type { Dashboard, Panel } from "@grafana/schema";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as table from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type * as states from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type * as lines from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
// Its links' type is that of a dashboard's, most of which a panel has no use for.
type PanelWithLinks = Omit<Panel, "links"> & { links: { title: string; url: string; targetBlank: boolean }[] };
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
`;
const KINDS = { stat: "stat", table: "table", "state-timeline": "states", timeseries: "lines" };

// What the panels' JSON has and the newest types do not know: of older versions of Grafana.
const OLDER = { table: ["footer"] };

function typed(dashboard) {
  // The types have no names for the fields of an annotation's query, of "definition" and of "since when".
  const known = structuredClone(dashboard);
  for (const one of known.annotations.list) {
    for (const key of ["step", "titleFormat", "textFormat", "tagKeys", "useValueForTime", "expr"]) delete one[key];
  }
  for (const one of known.templating.list) delete one.definition;
  for (const link of known.links) assert.deepEqual(Object.keys(link).length, 10);
  const text = [`export const dashboard: Plain<Omit<Dashboard, "panels">> = ${JSON.stringify({ ...known, panels: undefined })};`];
  known.panels.forEach((panel, i) => {
    if (panel.type === "row") return;
    const kind = KINDS[panel.type];
    const options = { ...panel.options };
    for (const key of OLDER[panel.type] ?? []) delete options[key];
    const { custom, ...defaults } = panel.fieldConfig.defaults;
    const targets = panel.targets.map(({ refId }) => ({ refId }));
    text.push(`export const panel${i}: Plain<PanelWithLinks> = ${JSON.stringify({ ...panel, options: {}, targets,
      fieldConfig: { defaults, overrides: panel.fieldConfig.overrides } })};`);
    text.push(`export const options${i}: Partial<Plain<${kind}.Options>> = ${JSON.stringify(options)};`);
    if (kind !== "stat") text.push(`export const custom${i}: Partial<Plain<${kind}.FieldConfig>> = ${JSON.stringify(custom)};`);
  });
  return HEAD + text.join("\n");
}

function compile(sources) {
  const directory = join(PICTURE, "node_modules/.check");
  mkdirSync(directory, { recursive: true });
  try {
    sources.forEach((source, i) => writeFileSync(join(directory, `dashboard${i}.ts`), source));
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({
      compilerOptions: { noEmit: true, strict: true, skipLibCheck: true, module: "esnext", moduleResolution: "bundler", types: [] },
      include: ["*.ts"],
    }));
    execFileSync(join(PICTURE, "node_modules/.bin/tsc"), ["--project", directory], { encoding: "utf8" });
    return "";
  } catch (error) {
    return error.stdout;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test("the JSON has Grafana's types", () => {
  assert.equal(compile(dashboards.map(typed)), "");
});

test("a wrong word is found", () => {
  const wrong = structuredClone(dashboards[0]);
  const panel = wrong.panels.find((one) => one.type === "timeseries");
  panel.options.tooltip.mode = "many";
  assert.match(compile([typed(wrong)]), /"many"/);
});

test("Grafana knows the units", () => {
  for (const dashboard of dashboards) {
    for (const panel of dashboard.panels.filter((one) => one.type !== "row")) {
      const overrides = panel.fieldConfig.overrides.flatMap((one) => one.properties).filter((one) => one.id === "unit");
      for (const unit of [panel.fieldConfig.defaults.unit, ...overrides.map((one) => one.value)]) {
        assert.ok(units.has(unit), `${panel.title}: ${unit}`);
      }
    }
  }
});
