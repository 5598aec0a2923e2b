// What the SFU forwards per CPU-second, to bots on the other core, and what a bare loop does on the same core.

import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import readline from "node:readline";
import { promisify } from "node:util";

import { startServer } from "./servers.mjs";
import { settings } from "./settings.mjs";

/** Seconds in which nothing more changes before it is measured, and after which that does not come. */
const SETTLED = 4;
const PATIENCE = 60;
/** Ticks of the system's clock in a second. */
const TICKS = 100;

/** Who sends what to whom: rooms, people in each, cameras and microphones that are on, and packets a second of each camera. */
export const shapes = {
  "one to 30": { rooms: 4, count: 31, cameras: 1, microphones: 0, packets: 600 },
  "7 all to all": { rooms: 4, count: 7, cameras: 7, microphones: 0, packets: 300 },
  "16 all to all": { rooms: 1, count: 16, cameras: 16, microphones: 0, packets: 160 },
  "one to one": { rooms: 30, count: 2, cameras: 1, microphones: 0, packets: 600 },
  "voices, one to 30": { rooms: 10, count: 31, cameras: 0, microphones: 1, packets: 0 },
};

/** Measures one shape; delays are those of the whole way from bot to bot. */
export async function forwarding(shape) {
  const { rooms, count, cameras, microphones, packets } = shapes[shape];
  const server = await startServer("roundtable", undefined, ["--topology", "sfu"]);
  const asked = { rooms, count, cameras, microphones, "join-rate": 100, ...(packets > 0 ? { "video-packets": packets } : { "audio-bytes": 80 }) };
  const options = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = [settings.roundtable, "bots", "--json", "--room", "bench", "--server", `http://127.0.0.1:${server.port}`, ...options];
  const bots = spawn("taskset", ["-c", String(settings.loadCore), ...command], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let settled = 0;
    let begun;
    const seen = [];
    for await (const line of readline.createInterface({ input: bots.stdout })) {
      const report = JSON.parse(line);
      const kind = packets > 0 ? report.video : report.audio;
      if (begun !== undefined) seen.push(kind);
      if (seen.length === settings.seconds) {
        const sum = (key) => seen.reduce((all, each) => all + each[key], 0);
        const cpu = cpuSeconds(server.pid) - begun.cpu;
        const delays = seen.map(({ delay_us: delay }) => delay);
        const middle = (nth) => delays.map((delay) => delay[nth]).sort((one, other) => one - other)[delays.length >> 1];
        return {
          mode: "forwarding",
          shape,
          per_cpu_second: sum("packets") / cpu,
          per_second: sum("packets") / (report.seconds - begun.seconds),
          lost: sum("lost"),
          delay_median_us: middle(0),
          delay_p99_us: middle(1),
          load_busy: (cpuSeconds(bots.pid) - begun.load) / (report.seconds - begun.seconds),
        };
      }
      if (begun === undefined && report.seconds > PATIENCE) {
        throw new Error(`of ${rooms * count} bots, ${report.inside} are inside after a minute`);
      }
      const whole = report.inside === rooms * count && kind.packets > 0;
      settled = whole ? settled + 1 : 0;
      if (begun === undefined && settled > SETTLED) {
        begun = { seconds: report.seconds, cpu: cpuSeconds(server.pid), load: cpuSeconds(bots.pid) };
      }
    }
    throw new Error(`the bots of ${shape} have gone`);
  } finally {
    bots.kill("SIGKILL");
    await server.stop();
  }
}

/** The bare loop. */
export async function ceiling() {
  const options = { seconds: settings.seconds, "server-core": settings.serverCore, "load-core": settings.loadCore };
  const { stdout } = await promisify(execFile)(settings.ceiling, Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]));
  return JSON.parse(stdout);
}

/** What a process has used (proc_pid_stat: `utime` and `stime`). */
function cpuSeconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
