import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The built server; the variable ROUNDTABLE_BIN names another. */
const BINARY =
  process.env["ROUNDTABLE_BIN"] ?? fileURLToPath(new URL("../../../target/release/roundtable", import.meta.url));

/** Where servers keep the keys of their resume tokens and their meetings: each its own, and none touches that of a host. */
const KEYS = fileURLToPath(new URL("../../results/keys/", import.meta.url));

/** Milliseconds that a server may take to answer after its start. */
const START_PATIENCE = 10_000;

/** A Roundtable server as a process of its own, on a port that stays the same when it starts again. */
export class Server {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #process;
  #log = "";

  /**
   * @param {number} port
   * @param {string[]} flags
   */
  constructor(port, flags) {
    this.port = port;
    this.flags = flags;
  }

  /** Starts a server on a free port and waits until it answers.
   * @param {string[]} flags
   */
  static async start(...flags) {
    const server = new Server(await freePort(), flags);
    await server.start();
    return server;
  }

  /** Where it listens, without a slash at the end. */
  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after `kill`. */
  async start() {
    const all = ["--listen", `127.0.0.1:${this.port}`, "--key-file", `${KEYS}${this.port}.key`, "--log", "warn", ...this.flags];
    const child = spawn(BINARY, all, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => (this.#log = (this.#log + text).slice(-20_000)));
    }
    child.on("error", (error) => (this.#log += error));
    await this.#answers();
  }

  /** Ends it at once, or as `signal` says, and waits until it is gone.
   * @param {NodeJS.Signals} signal
   */
  async kill(signal = "SIGKILL") {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** Ends it for good and tells whether anything in it panicked. */
  async stop() {
    await this.kill("SIGTERM");
    if (this.#log.includes("panicked")) throw new Error(`the server panicked:\n${this.#log}`);
  }

  async #answers() {
    const deadline = Date.now() + START_PATIENCE;
    while (Date.now() < deadline) {
      const child = this.#process;
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
      const healthy = await fetch(`${this.url}/healthz`).then((reply) => reply.ok, () => false);
      if (healthy) return;
      await sleep(20);
    }
    await this.kill();
    throw new Error(`${BINARY} ${this.flags.join(" ")} did not come up:\n${this.#log}`);
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  listener.close();
  await once(listener, "close");
  return address.port;
}
