// What a browser loads, and how soon it shows the other one.

import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

import { root, settings } from "./settings.mjs";

/** What a first join loads: the program, its scripts, the style and the words, brotli at its best, in bytes; undefined before a build. */
export function frontEndBytes() {
  const folder = path.join(root, "target/dist");
  if (!fs.existsSync(folder)) return undefined;
  const isLoadedFirst = (name) => /\.(wasm|js|css)$/.test(name) && !/split_.*\.wasm$|^(later|pages)-.*\.css$/.test(name);
  const files = fs.readdirSync(folder, { recursive: true }).filter(isLoadedFirst);
  const contents = files.map((name) => fs.readFileSync(path.join(folder, name)));
  return [...contents, englishWords()].map(compressedBytes).reduce((sum, bytes) => sum + bytes, 0);
}

/** The texts of one language, as the build makes them into a table. */
function englishWords() {
  const texts = JSON.parse(fs.readFileSync(path.join(root, "locales/en/room.json"), "utf8"));
  return Buffer.from(JSON.stringify(Object.values(texts)));
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

function compressedBytes(bytes) {
  return zlib.brotliCompressSync(bytes, {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
      [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}
