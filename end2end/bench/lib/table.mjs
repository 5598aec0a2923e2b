// The figures as a Markdown table: medians, ratios, and whether each goal is met.

import os from "node:os";

import { shapes } from "./forwarding.mjs";
import { settings } from "./settings.mjs";

const KIB_IN_MB = 1024 / 1e6;

/** Makes the table of all results. */
export function table(results) {
  const rows = [
    compared("Relayed messages per server CPU-second, in bursts of 8", relay(8), whole, atLeast(3)),
    compared("The same, one by one", relay(1), whole, atLeast(3)),
    compared("Server CPU to connect, join and leave (µs)", cpuEach, whole, atMost(0.5)),
    compared("Memory per idle connection (KiB)", figure("idle", "kib_each"), tenth, atMost(1)),
    compared(`${whole(settings.connections)} clients all back after a restart (s)`, lastBack, tenth, limit(10, "s")),
    compared("Start until `/healthz` answers (ms)", figure("start", "milliseconds"), whole, limit(100, "ms")),
    compared("Resident memory when idle (MB)", residentMb, tenth, limit(25, "MB")),
    ...Object.keys(shapes).map(forwarded),
    single("First load of the front end, brotli (kB)", firstLoadKb, tenth, limit(240, "kB")),
    single("The same with all that is loaded on demand (kB)", allKb, tenth),
    firstFrame(),
  ].map((row) => row(results));
  const head = ["", "Roundtable", "Node socket.io", "ratio", "goal", "met"];
  const lines = [head, head.map((_, column) => (column === 0 ? ":---" : "---:")), ...rows];
  return `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n\n${footnote(results)}\n`;
}

function compared(label, pick, show, goal) {
  return (results) => {
    const [ours, theirs] = ["roundtable", "node"].map((server) => median(results, server, pick));
    const ratio = ours / theirs;
    return [label, cell(ours, show), cell(theirs, show), cell(ratio, hundredth), goal.text, met(goal, ours, ratio)];
  };
}

function single(label, pick, show, goal) {
  return (results) => {
    const ours = median(results, "roundtable", pick);
    return [label, cell(ours, show), "", "", goal?.text ?? "", goal === undefined ? "" : met(goal, ours)];
  };
}

/** Against the bare loop of the same run. */
function forwarded(shape) {
  const goal = GOALS[shape];
  return (results) => {
    const ours = median(results, "roundtable", (line) => (line.shape === shape ? line.per_cpu_second : undefined));
    const bare = median(results, "roundtable", figure("ceiling", "per_cpu_second"));
    const beside = Number.isNaN(bare) ? "" : `${whole(bare)} (bare loop)`;
    const label = `Forwarded packets per server CPU-second, ${shape}`;
    return [label, cell(ours, whole), beside, cell(ours / bare, hundredth), goal.text, met(goal, ours, ours / bare)];
  };
}

function firstFrame() {
  const goal = atMost(1.3);
  return (results) => {
    const [ours, bare] = ["oursMs", "bareMs"].map((key) => median(results, "roundtable", figure("first-frame", key)));
    const beside = Number.isNaN(bare) ? "" : `${whole(bare)} (bare page)`;
    const label = "Join to the first remote frame (ms)";
    return [label, cell(ours, whole), beside, cell(ours / bare, hundredth), goal.text, met(goal, ours, ours / bare)];
  };
}

const atLeast = (ratio) => ({ text: `≥ ${ratio}×`, holds: (_, got) => got >= ratio });
const atMost = (ratio) => ({ text: `≤ ${ratio}×`, holds: (_, got) => got <= ratio });
const limit = (most, unit) => ({ text: `≤ ${most} ${unit}`, holds: (ours) => ours <= most });
const GOALS = {
  "one to 30": atLeast(0.9),
  "7 all to all": atLeast(0.7),
  "16 all to all": atLeast(0.7),
  "one to one": { text: "≥ 90,000", holds: (ours) => ours >= 90_000 },
  "voices, one to 30": { text: "≥ 150,000", holds: (ours) => ours >= 150_000 },
};
const met = (goal, ours, ratio) => {
  if (Number.isNaN(ours) || Number.isNaN(ratio)) return "not measured";
  return goal.holds(ours, ratio) ? "yes" : "**no**";
};

const figure = (mode, key) => (line) => (line.mode === mode ? line[key] : undefined);
const relay = (window) => (line) => (line.window === window ? figure("relay", "per_cpu_second")(line) : undefined);
const cpuEach = figure("connect", "cpu_microseconds_each");
const scaled = (pick, factor) => (line) => (pick(line) === undefined ? undefined : pick(line) * factor);
const residentMb = scaled(figure("start", "resident_kib"), KIB_IN_MB);
const firstLoadKb = scaled(figure("front-end", "bytes"), 1 / 1000);
const allKb = scaled(figure("front-end", "all_bytes"), 1 / 1000);
const lastBack = (line) => {
  if (line.mode !== "storm") return undefined;
  return line.all_back ? line.last_seconds : Infinity;
};

const whole = (value) => Math.round(value).toLocaleString("en");
const tenth = (value) => value.toFixed(1);
const hundredth = (value) => value.toFixed(2);
const cell = (value, show) => (Number.isNaN(value) ? "–" : show(value));

function median(results, server, pick) {
  const values = results.filter((line) => line.server === server).map(pick).filter((value) => value !== undefined);
  values.sort((one, other) => one - other);
  const middle = (values.length - 1) / 2;
  return values.length === 0 ? NaN : (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2;
}

function footnote(results) {
  const busy = results.map((line) => line.load_busy).filter((share) => share !== undefined);
  const count = (mode) => results.filter((line) => line.server === "node" && line.mode === mode).length;
  const rounds = `${count("connect")} of load, ${count("idle")} of memory, ${count("storm")} of the storm`;
  const percent = Math.round(100 * Math.max(0, ...busy));
  const resumed = median(results, "roundtable", figure("storm", "resumed"));
  const { model } = os.cpus()[0] ?? {};
  return (
    `Medians of alternating rounds (${rounds}) on one machine (${model?.trim()}), the server on one core and the ` +
    `load on another, of which it never took more than ${percent} %. Node ${process.versions.node}, ` +
    "`perMessageDeflate: false`; rooms of two; descriptions of 2 KB, each with nine candidates of 150 bytes. " +
    `In the storm ours come back by token and are answered, ${cell(resumed, whole)} of them as who they were; Node's enter by name.`
  );
}
