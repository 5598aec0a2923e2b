/**
 * From the click on Join to the first remote frame: our page against a bare page that connects two peers
 * by hand, in turns, on one machine. Prints one line of JSON with the medians in milliseconds. With TRACE=1, prints when each
 * page takes each step on the way instead.
 */
import { randomUUID } from "node:crypto";

import { chromium } from "@playwright/test";

import { CHROMIUM_FLAGS, chromiumPath } from "../browser/support/chromium.mjs";
import { Server } from "../browser/support/server.mjs";
import { openBareSite } from "./first-frame/bare-site.mjs";
import { installStopwatch } from "./first-frame/stopwatch.mjs";
import { installTrace } from "./first-frame/trace.mjs";

/**
 * @typedef {import("@playwright/test").Page} Page
 * @typedef {object} Candidate Brings a page to where the next thing is the click on Join.
 * @property {(page: Page, room: string) => Promise<void>} seat
 * @property {(page: Page) => Promise<void>} wait Makes the first page one that waits for the second.
 */

const ROUNDS = Number(process.env["ROUNDS"] ?? 15);
const IS_TRACED = process.env["TRACE"] === "1";
/** Milliseconds that the first frame may take. */
const PATIENCE = 20_000;
/** Milliseconds until cameras run and the machine is calm. */
const CALM = 1_000;

const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_FLAGS });
const server = await Server.start();
const site = await openBareSite();

/** @type {Candidate} */
const ours = {
  async seat(page, room) {
    await page.goto(`${server.url}/r/${room}`);
    await page.getByRole("button", { name: "Use camera and microphone" }).click();
    await page.getByRole("textbox", { name: "Your name" }).fill("Ada");
    await page.getByRole("button", { name: "Turn camera off" }).waitFor();
  },
  async wait(page) {
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await page.getByRole("toolbar").waitFor();
  },
};

/** @type {Candidate} */
const bare = {
  async seat(page) {
    await page.goto(site.url);
    await page.locator("button:enabled").waitFor();
  },
  async wait() {},
};

try {
  await (IS_TRACED ? trace() : compare());
} finally {
  site.close();
  await browser.close();
  await server.stop();
}

async function compare() {
  /** @type {{ ours: number, bare: number }[]} */
  const rounds = [];
  // The first round warms caches up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const times = { ours: await measure(ours), bare: await measure(bare) };
    if (round > 0) rounds.push(times);
  }
  const figures = {
    measure: "join-to-first-frame",
    oursMs: median(rounds.map((times) => times.ours)),
    bareMs: median(rounds.map((times) => times.bare)),
    ratio: median(rounds.map((times) => times.ours / times.bare)),
    rounds: ROUNDS,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Prints the steps of the page that joins and of the one that waits, in milliseconds since the click, as medians. */
async function trace() {
  for (const [name, candidate] of Object.entries({ ours, bare })) {
    /** @type {Map<string, number[]>} */
    const taken = new Map();
    await measure(candidate);
    for (let round = 0; round < ROUNDS; round += 1) {
      await measure(candidate, async (waits, joins) => {
        const [first, second] = await Promise.all([waits, joins].map((page) => page.evaluate(() => window.steps)));
        const click = second?.["click"] ?? NaN;
        for (const [page, steps] of Object.entries({ waits: first, joins: second })) {
          for (const [step, at] of Object.entries(steps ?? {})) {
            const key = `${page}: ${step}`;
            taken.set(key, [...(taken.get(key) ?? []), at - click]);
          }
        }
      });
    }
    const steps = [...taken].map(([step, times]) => ({ step, at: median(times), rounds: times.length }));
    process.stdout.write(`${name}\n`);
    for (const { step, at, rounds } of steps.toSorted((a, b) => a.at - b.at)) {
      process.stdout.write(`${String(Math.round(at)).padStart(6)} ms  ${step}${rounds < ROUNDS ? ` (${rounds} of ${ROUNDS})` : ""}\n`);
    }
  }
}

/**
 * Seats two people, lets the second join the first, and tells the milliseconds to the first frame.
 * @param {Candidate} candidate
 * @param {(waits: Page, joins: Page) => Promise<void>} [look] Is called when the frame is there.
 */
async function measure(candidate, look) {
  const room = `bench-${randomUUID().slice(0, 8)}`;
  const [first, second] = [await newPage(), await newPage()];
  try {
    await candidate.seat(first, room);
    await candidate.wait(first);
    await candidate.seat(second, room);
    await second.waitForTimeout(CALM);
    await second.getByRole("button", { name: "Join", exact: true }).click();
    const late = second.waitForTimeout(PATIENCE).then(() => {
      throw new Error(`no frame came within ${PATIENCE} ms`);
    });
    const time = await Promise.race([second.evaluate(() => window.firstFrame), late]);
    await look?.(first, second);
    return time;
  } finally {
    for (const page of [first, second]) await page.context().close();
  }
}

async function newPage() {
  const context = await browser.newContext({ permissions: ["camera", "microphone"] });
  await context.addInitScript(installStopwatch);
  if (IS_TRACED) await context.addInitScript(installTrace);
  return context.newPage();
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const value = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return Math.round((value ?? 0) * 100) / 100;
}
