// Servers under test: each is a process of its own, pinned to one core, on a free port of 127.0.0.1.

import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { root, settings } from "./settings.mjs";

const PATIENCE_MS = 10_000;

const keys = fs.mkdtempSync(path.join(os.tmpdir(), "roundtable-bench-"));
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  fs.rmSync(keys, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const commands = {
  roundtable: (port) => [
    settings.roundtable,
    ...["--listen", `127.0.0.1:${port}`, "--max-participants", "50", "--max-rooms", "100000"],
    // Who comes back to a port is another start of the same server.
    ...["--key-file", path.join(keys, `${port}.key`), "--log", "warn"],
  ],
  node: () => [process.execPath, path.join(root, "end2end/bench/node-server/server.js")],
};

/** Starts a server and waits until it answers; `milliseconds` is how long that took. */
export async function startServer(name, onPort, more = []) {
  const port = onPort ?? (await freePort());
  const [command, ...rest] = [...commands[name](port), ...more];
  if (!fs.existsSync(command)) throw new Error(`${command} is not there: run make build first`);
  const start = performance.now();
  const child = spawn("taskset", ["-c", String(settings.serverCore), command, ...rest], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  running.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve)).then(() => running.delete(child));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (performance.now() - start > PATIENCE_MS) throw new Error(`${name} does not answer`);
    await sleep(1);
  }
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    const killed = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
    await Promise.race([ended, killed.then(() => ended)]);
  };
  return { pid: child.pid, port, milliseconds: performance.now() - start, stop };
}

/** Resident memory of a process. */
export function residentKib(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

function answers(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: "/healthz", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
