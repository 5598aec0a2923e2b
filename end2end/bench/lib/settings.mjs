// What the environment asks of the comparison.

import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

const { env } = process;
const number = (name, fallback) => {
  const value = Number(env[name] ?? fallback);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is no number: ${env[name]}`);
  return value;
};

const MEASURES = ["load", "idle", "storm", "forwarding", "front-end", "first-frame"];
const measures = env.MEASURES?.split(",") ?? MEASURES;
const unknown = measures.filter((measure) => !MEASURES.includes(measure));
if (unknown.length > 0) throw new Error(`MEASURES knows ${MEASURES.join(", ")}, and not ${unknown.join(", ")}`);

export const settings = {
  /** What is measured; the rest of the table is left open. */
  measures,
  /** Rounds of relay and connect, and of the slow ones (idle, storm). */
  rounds: number("ROUNDS", 10),
  slowRounds: number("SLOW_ROUNDS", 3),
  /** Seconds of each measurement of relay and connect. */
  seconds: number("MEASURE_SECONDS", 3),
  /** Connections of idle and storm. */
  connections: number("CONNECTIONS", 5000),
  /** Signals that each participant keeps on the way: a description with its candidates comes as a
      burst, the rest one by one. */
  windows: [8, 1],
  /** Seconds that everyone in the storm has been inside when the server is killed: a meeting is noted within one. */
  settled: number("SETTLED_SECONDS", 1.5),
  /** Which core the server has, and which the load. */
  serverCore: number("SERVER_CORE", 0),
  loadCore: number("LOAD_CORE", 1),
  roundtable: env.ROUNDTABLE_BIN ?? path.join(root, "target/release/roundtable"),
  load: env.LOAD,
  ceiling: env.CEILING,
  help: `Compares signaling with a Node socket.io server. Variables, with what holds without them:
  MEASURES=${MEASURES.join(",")}
                   what is measured; load is relay and connect
  ROUNDS=10        rounds of relay and connect
  SLOW_ROUNDS=3    rounds of idle and storm
  MEASURE_SECONDS=3 seconds of each measurement
  CONNECTIONS=5000 connections of idle and storm
  SETTLED_SECONDS=1.5 how long everyone in the storm has been inside when the server is killed
  SERVER_CORE=0 LOAD_CORE=1
  ROUNDTABLE_BIN=target/release/roundtable
Results: the table on standard output and in end2end/results/bench.md, every figure in bench.jsonl beside it.`,
};
