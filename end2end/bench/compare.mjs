// Runs the comparison: ours and Node's in turn, the first of each round changing, medians at the end.

import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ceiling, forwarding, shapes } from "./lib/forwarding.mjs";
import { frontEndBytes, firstFrame } from "./lib/front-end.mjs";
import { residentKib, startServer } from "./lib/servers.mjs";
import { runLoad, startStorm } from "./lib/load.mjs";
import { settings, root } from "./lib/settings.mjs";
import { table } from "./lib/table.mjs";

if (process.argv.includes("--help")) {
  console.log(settings.help);
  process.exit(0);
}

const results = [];
const record = (server, result) => {
  results.push({ server, ...result });
  console.error(`${server.padEnd(10)} ${summary(result)}`);
};

await inRounds("load", settings.rounds, load);
await inRounds("idle", settings.slowRounds, keepStill);
await inRounds("storm", settings.slowRounds, comeBack);
if (isMeasured("forwarding")) {
  for (let round = 0; round < settings.slowRounds; round += 1) {
    for (const shape of Object.keys(shapes)) {
      record("roundtable", await ceiling());
      record("roundtable", await forwarding(shape));
    }
  }
}
if (isMeasured("front-end")) {
  results.push({ server: "roundtable", mode: "front-end", ...(await frontEndBytes()) });
}
if (isMeasured("first-frame")) {
  results.push({ server: "roundtable", mode: "first-frame", ...(await firstFrame()) });
}

const folder = path.join(root, "end2end", "results");
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, "bench.jsonl"), results.map((line) => `${JSON.stringify(line)}\n`).join(""));
fs.writeFileSync(path.join(folder, "bench.md"), table(results));
console.log(table(results));

function isMeasured(name) {
  return settings.measures.includes(name);
}

async function inRounds(name, rounds, measure) {
  if (!isMeasured(name)) return;
  for (let round = 0; round < rounds; round += 1) {
    await eachServer(round, measure);
  }
}

async function eachServer(round, measure) {
  const servers = ["roundtable", "node"];
  for (const name of round % 2 === 0 ? servers : servers.reverse()) {
    await measure(name);
  }
}

/** Start, relay and connect: the server works as hard as it can. */
async function load(name) {
  const server = await startServer(name);
  try {
    record(name, { mode: "start", milliseconds: server.milliseconds, resident_kib: residentKib(server.pid) });
    for (const window of settings.windows) {
      record(name, await runLoad(server, "relay", ["--window", window, "--seconds", settings.seconds]));
    }
    record(name, await runLoad(server, "connect", ["--seconds", settings.seconds]));
  } finally {
    await server.stop();
  }
}

/** What connections hold that do nothing. */
async function keepStill(name) {
  const server = await startServer(name);
  try {
    record(name, await runLoad(server, "idle", ["--connections", settings.connections]));
  } finally {
    await server.stop();
  }
}

/** Everyone's return to a server that was killed and started again. */
async function comeBack(name) {
  let server = await startServer(name);
  try {
    const storm = await startStorm(server, settings.connections, name === "roundtable");
    await sleep(1000 * settings.settled);
    await server.stop("SIGKILL");
    server = await startServer(name, server.port);
    record(name, await storm.result);
  } finally {
    await server.stop();
  }
}

function summary({ mode, ...figures }) {
  const shown = Object.entries(figures).filter(([, value]) => typeof value === "number");
  const short = (value) => (value > 100 ? Math.round(value) : Number(value.toPrecision(3)));
  const rounded = shown.map(([key, value]) => `${key}=${short(value)}`);
  return `${mode.padEnd(8)} ${rounded.join(" ")}`;
}
