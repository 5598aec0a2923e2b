import { defineConfig } from "@playwright/test";

import { CALM_FLAGS, chromiumPath } from "./browser/support/chromium.mjs";

/** They measure what the machine does, or take all of it: nothing else runs beside them. */
const ALONE = ["calls", "crowded", "firefox", "forwarded", "leaks", "quality", "recording", "resilience"].map(
  (name) => `${name}.spec.ts`,
);

/** Two workers, each with a browser and a server of its own: most tests wait more than they compute. */
export default defineConfig({
  testDir: "browser",
  outputDir: "results/artifacts",
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"], ["./browser/support/closing-line.ts"]],
  projects: [
    { name: "browser", testMatch: "*.spec.ts", testIgnore: ALONE },
    { name: "alone", testMatch: ALONE, workers: 1, dependencies: ["browser"] },
    { name: "screenshots", testMatch: "screenshots*.ts", workers: 1 },
  ],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: chromiumPath(), args: CALM_FLAGS },
    actionTimeout: 15_000,
    navigationTimeout: 15_000,
  },
});
