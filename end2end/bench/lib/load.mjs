// The load client as a process, pinned to its own core; what it prints is JSON, one object a line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";

import { settings } from "./settings.mjs";

const PATIENCE_MS = 180_000;

/** Runs one mode to its end and returns what it measured. */
export async function runLoad(server, mode, options) {
  const { lines, ended } = startLoad(server, mode, options);
  const [result] = await Promise.all([lines.next(), ended]);
  return result.value;
}

/** Starts a storm: returns when all are inside, with the promise of what happens then. */
export async function startStorm(server, connections, resume) {
  const options = ["--connections", connections, ...(resume ? ["--resume"] : [])];
  const { lines, ended } = startLoad(server, "storm", options);
  const { value } = await lines.next();
  if (!value?.ready) await ended;
  return { result: Promise.all([lines.next(), ended]).then(([result]) => result.value) };
}

function startLoad(server, mode, options) {
  const target = ["--server", `127.0.0.1:${server.port}`, "--pid", server.pid];
  const command = ["-c", settings.loadCore, settings.load, ...target, mode, ...options].map(String);
  const child = spawn("taskset", command, { stdio: ["ignore", "pipe", "inherit"], timeout: PATIENCE_MS });
  const ended = once(child, "exit").then(([code]) => {
    if (code !== 0) throw new Error(`the load client's ${mode} ended with ${code}`);
  });
  ended.catch(() => {});
  return { lines: parsed(child.stdout), ended };
}

async function* parsed(stream) {
  for await (const line of readline.createInterface({ input: stream })) yield JSON.parse(line);
}
