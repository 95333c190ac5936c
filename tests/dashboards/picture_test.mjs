// `render` against a Prometheus that is played, and without Chromium: what is on the pages.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const NAMES = ["cost", "fleet", "golden-signals", "outside-view", "streams-and-scaling"];
const SERVER = 'a "strange" <server>';
const METRIC = { server: SERVER, target: "public", vantage: "eu", gen_ai_tool_name: "search", severity: "critical", pod: "pod-1" };
// One dark pixel.
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC";

let directory, played, known;

function answer(url) {
  if (url.pathname.startsWith("/api/v1/label/")) return known ? [SERVER] : [];
  if (!known) return { result: [] };
  const start = Number(url.searchParams.get("start")), step = Number(url.searchParams.get("step"));
  if (url.pathname === "/api/v1/query") return { result: [{ metric: METRIC, value: [0, "0.25"] }] };
  const values = [0, 1, 2, 3, 4, 5].map((i) => [start + i * step, i === 3 ? "NaN" : "0.25"]);
  return { result: [{ metric: METRIC, values }] };
}

before(async () => {
  directory = mkdtempSync(join(tmpdir(), "mcp-vitals-picture-"));
  const chromium = join(directory, "chromium");
  writeFileSync(chromium, `#!/bin/sh
for word; do case $word in --screenshot=*) echo ${PNG} | base64 -d >"\${word#*=}" ;; esac; done\n`);
  chmodSync(chromium, 0o755);
  played = createServer((request, response) =>
    response.end(JSON.stringify({ status: "success", data: answer(new URL(request.url, "http://x")) })));
  await new Promise((done) => played.listen(0, "127.0.0.1", done));
});

after(() => {
  played.close();
  rmSync(directory, { recursive: true, force: true });
});

async function pages() {
  await promisify(execFile)(join(ROOT, "dashboards/picture/render"), [
    "--prometheus", `http://127.0.0.1:${played.address().port}`, "--out", directory, "--pages", directory, "--since", "1h"],
    { env: { ...process.env, PATH: directory + delimiter + process.env.PATH } });
  return NAMES.map((name) => [JSON.parse(readFileSync(join(ROOT, `dashboards/${name}.json`))),
    readFileSync(join(directory, `${name}.html`), "utf8")]);
}

test("every panel is drawn in its place", async () => {
  known = true;
  for (const [dashboard, html] of await pages()) {
    assert.equal(html.match(/<section /g).length, dashboard.panels.filter((one) => one.type !== "row").length);
    for (const panel of dashboard.panels) assert.ok(html.includes(panel.title.replace(/</g, "&#60;")), panel.title);
    for (const wrong of ["NaN", "undefined", "[object", "No data", '<server>']) assert.ok(!html.includes(wrong), `${dashboard.title}: ${wrong}`);
    const first = html.match(/<section [^>]*style="left:([\d.]+)px;top:(\d+)px;width:([\d.]+)px;height:(\d+)px"/).slice(1).map(Number);
    assert.deepEqual(first, [16, 98, Number((dashboard.panels[0].gridPos.w * 64 - 8).toFixed(1)), 144]);
  }
});

test("what nobody tells is said so, and breaks nothing", async () => {
  known = false;
  for (const [, html] of await pages()) {
    assert.ok(html.includes("No data"));
    for (const wrong of ["NaN", "undefined", "Infinity"]) assert.ok(!html.includes(wrong), wrong);
  }
});
