// Draws the icons for home screens from `public/assets/favicon.svg`: `npm run icons`. Systems that cut icons to a shape of
// their own get one without corners; all that matters in it lies inside the circle that every shape leaves (W3C Web Application
// Manifest, "icon masks and safe zone").
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

import { CHROMIUM_FLAGS, chromiumPath } from "./browser/support/chromium.mjs";

const assets = new URL("../public/assets/", import.meta.url);
const round = await readFile(new URL("favicon.svg", assets), "utf8");
const square = round.replace(' rx="8"', "");
if (square === round) throw new Error("favicon.svg has no rounded corners to take away");

/** File, drawing and pixels of a side. */
const icons = /** @type {const} */ ([
  ["icon-180.png", square, 180],
  ["icon-192.png", round, 192],
  ["icon-512.png", round, 512],
  ["icon-maskable-512.png", square, 512],
]);

const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_FLAGS });
for (const [name, drawing, side] of icons) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  const source = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  await page.setContent(`<img src="${source}" width="${side}" height="${side}" style="position:fixed;inset:0">`);
  await page.locator("img").evaluate((/** @type {HTMLImageElement} */ image) => image.decode());
  await page.screenshot({ path: fileURLToPath(new URL(name, assets)), omitBackground: true });
  await page.close();
}
await browser.close();
