// What a browser loads, and how soon it shows the other one.

import { execFile } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { startServer } from "./servers.mjs";
import { root, settings } from "./settings.mjs";

/**
 * Bytes of brotli. `bytes` is what a first join loads: the program, its scripts, the style and the English words. `all_bytes`
 * is that with what can be loaded on demand: the parts of the program, their style and their words.
 */
export async function frontEndBytes() {
  const server = await startServer("roundtable");
  const get = (target, encoding) => fetchBytes(server.port, target, encoding);
  try {
    const page = (await get("/r/size", "identity")).toString();
    const named = (pattern) => pattern.exec(page)?.[0] ?? "";
    const program = named(/\/pkg\/front-[0-9a-f]+_bg\.wasm/);
    const loader = named(/\/pkg\/snippets\/[^"]+\/__wasm_split\.js/);
    const first = [
      program,
      program.replace("_bg.wasm", ".js"),
      loader,
      named(/\/pkg\/room-[0-9a-f]+\.css/),
      named(/\/pkg\/room-en-[0-9a-f]+\.json/),
      named(/\/assets\/theme\.js/),
    ];
    const parts = (await get(loader, "identity")).toString().matchAll(/"((?:split|chunk)_\w+)"/g);
    const names = new Set(Array.from(parts, ([, part]) => part));
    const later = [
      ...Array.from(names, (part) => loader.replace("__wasm_split.js", `${part}.wasm`)),
      named(/\/pkg\/later-[0-9a-f]+\.css/),
      named(/\/pkg\/later-en-[0-9a-f]+\.json/),
    ];
    const sum = async (files) => {
      const bodies = await Promise.all(files.map((file) => get(file, "br")));
      return bodies.reduce((bytes, { length }) => bytes + length, 0);
    };
    const bytes = await sum(first);
    return { bytes, all_bytes: bytes + (await sum(later)) };
  } finally {
    await server.stop();
  }
}

/** The body as it comes over the network. */
async function fetchBytes(port, target, encoding) {
  const request = http.get({ port, path: target, headers: { "accept-encoding": encoding } });
  const [response] = await once(request, "response");
  if (response.statusCode !== 200) throw new Error(`${target} is answered with ${response.statusCode}`);
  return Buffer.concat(await response.toArray());
}

/**
 * Runs first-frame.mjs, which prints one line `{"oursMs": .., "bareMs": ..}`: medians from the click on
 * Join to the first remote frame, here and in a bare page that connects two peers by hand.
 */
export async function firstFrame() {
  const script = path.join(root, "end2end/bench/first-frame.mjs");
  try {
    const env = { ...process.env, ROUNDTABLE_BIN: settings.roundtable };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env, timeout: 300_000 });
    return JSON.parse(stdout.trim().split("\n").at(-1));
  } catch (error) {
    console.error(`Join to the first remote frame was not measured: ${error.message}`);
    return {};
  }
}
