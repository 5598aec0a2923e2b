import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A name that resolves to this machine and is no secure context over plain http. */
export const INSECURE_HOST = "meeting.test";

/** Fake camera and microphone; who may use them is each context's own matter. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

/** The same for a browser that shares a fake screen without asking, and so asks for no camera either. */
export const SCREEN_FLAGS = [
  ...CHROMIUM_FLAGS.filter((flag) => !flag.startsWith("--use-fake-device")),
  "--use-fake-device-for-media-stream=display-media-type=monitor",
  "--use-fake-ui-for-media-stream",
];

/** Finds the system's Chromium; the variable CHROMIUM names another. */
export function chromiumPath() {
  return named("CHROMIUM", ["chromium", "chromium-browser", "google-chrome"]);
}

/** Finds the system's Firefox; the variable FIREFOX names another. */
export function firefoxPath() {
  return named("FIREFOX", ["firefox-esr", "firefox"]);
}

/**
 * @param {string} variable
 * @param {string[]} names
 */
function named(variable, names) {
  const path = process.env[variable] ?? names.map(onPath).find((found) => found !== undefined);
  if (path === undefined) {
    throw new Error(`none of ${names.join(", ")} is on PATH: install one, or name it in ${variable}`);
  }
  return path;
}

/** @param {string} name */
function onPath(name) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
