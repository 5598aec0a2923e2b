import { defineConfig } from "@playwright/test";

import { CHROMIUM_FLAGS, chromiumPath } from "./browser/support/chromium.mjs";

/** One browser and one worker: two cores carry four pages that send video, not more. */
export default defineConfig({
  testDir: "browser",
  outputDir: "results/artifacts",
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"], ["./browser/support/closing-line.ts"]],
  projects: [
    { name: "browser", testMatch: "*.spec.ts" },
    { name: "screenshots", testMatch: "screenshots*.ts" },
  ],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: chromiumPath(), args: CHROMIUM_FLAGS },
    actionTimeout: 15_000,
    navigationTimeout: 15_000,
  },
});
