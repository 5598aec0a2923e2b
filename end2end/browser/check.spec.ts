import { readFile } from "node:fs/promises";

import AxeBuilder from "@axe-core/playwright";

import { freePort } from "./support/server.mjs";
import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";
import { relayOnly } from "./support/turn.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const STEPS = [
  "Browser",
  "Camera and microphone",
  "Server",
  "Connection (WebRTC)",
  "Relay (TURN)",
  "Chosen route",
  "Send and receive",
  "By way of the server (WebRTC)",
];
/** What the steps come to where all is well and there is no relay. */
const ALL_WELL = ["Passed", "Passed", "Passed", "Passed", "Not set up", "Passed", "Passed", "Passed"];

test("everything is tried for real, after a click, and a report tells of it", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  await ada.visit("/");
  await ada.page.getByRole("link", { name: "Check devices and connection" }).click();
  await expect(ada.page).toHaveTitle(/Check devices and connection/);
  await expect(ada.page.getByRole("heading", { level: 2 })).toHaveText(STEPS);
  await expect(ada.button("Start the check")).toBeEnabled();
  expect(await ada.page.evaluate(() => window.probe.captureRequests)).toBe(0);
  await ada.button("Start the check").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 40_000 });
  expect(await results(ada)).toEqual(ALL_WELL);
  await ada.hears("By way of the server (WebRTC): Passed");
  const meter = () => ada.page.getByRole("meter", { name: "Your microphone" }).evaluate((it: HTMLMeterElement) => it.value);
  await expect.poll(meter, { intervals: [50] }).toBeGreaterThan(0);
  const download = ada.page.waitForEvent("download");
  await ada.button("Download the report").click();
  const text = await readFile(await (await download).path(), "utf8");
  const report = JSON.parse(text);
  expect(report.steps.map((step: { result: string }) => step.result)).toEqual(
    ALL_WELL.map((result) => result.toLowerCase().replaceAll(" ", "-")),
  );
  expect(report.steps[5]).toMatchObject({ transport: "UDP" });
  expect(text, "no addresses, no names of devices").not.toMatch(/\d+\.\d+\.\d+\.\d+|\.local|fake/i);
  await ada.button("Turn camera and microphone off").click();
  await ada.hasFreedEverything();
  for (const colorScheme of ["dark", "light"] as const) {
    for (const width of [1280, 390]) {
      await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ada.page.setViewportSize({ width, height: 800 });
      const { violations } = await new AxeBuilder({ page: ada.page }).withTags(TAGS).analyze();
      expect.soft(violations.map((violation) => violation.id), `${colorScheme}, ${width} wide`).toEqual([]);
      expect(await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  }
});

test("devices that are denied fail with what to do, and the rest is tried all the same", async ({ newcomer }) => {
  const ada = await newcomer("Ada", { allowsDevices: false });
  await ada.visit("/check");
  await ada.button("Start the check").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 40_000 });
  expect(await results(ada)).toEqual(ALL_WELL.with(1, "Failed"));
  await expect(step(ada, "Camera and microphone")).toContainText("Choose the icon beside the address");
  await ada.button("Continue without devices").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 40_000 });
  expect(await results(ada)).toEqual(ALL_WELL.with(1, "Left out"));
});

test("a relay that does not answer fails with what to do", async ({ newcomer, startServer }) => {
  const server = await startServer("--ice-server", `turn:127.0.0.1:${await freePort()},ada,secret`);
  const ada = await newcomer("Ada", { site: server.url });
  await ada.visit("/check");
  await ada.button("Continue without devices").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 50_000 });
  expect(await results(ada)).toEqual(ALL_WELL.with(1, "Left out").with(4, "Failed"));
  await expect(step(ada, "Relay (TURN)")).toContainText("The relay does not answer");
});

test("a relay that answers passes, and where all has to go by it, that is the route", async ({ newcomer, startServer, turn }) => {
  const { url: site } = await startServer("--ice-server", turn.flag);
  const ada = await newcomer("Ada", { site });
  await ada.visit("/check");
  await ada.button("Continue without devices").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 40_000 });
  expect(await results(ada)).toEqual(ALL_WELL.with(1, "Left out").with(4, "Passed"));
  await expect(step(ada, "Chosen route")).toContainText("host – host");

  const ben = await newcomer("Ben", { site, prepare: relayOnly });
  await ben.visit("/check");
  await ben.button("Continue without devices").click();
  await expect(ben.button("Download the report")).toBeVisible({ timeout: 40_000 });
  expect(await results(ben)).toEqual(ALL_WELL.with(1, "Left out").with(4, "Passed"));
  await expect(step(ben, "Chosen route")).toContainText("relay – relay");
});

test("the check explains itself before the program arrives", async ({ newPage, request, server }) => {
  const page = await newPage({ context: { javaScriptEnabled: false } });
  await page.goto(`${server.url}/check?lang=de`);
  await expect(page.getByRole("heading", { level: 1, name: "Geräte und Verbindung prüfen" })).toBeVisible();
  await expect(page.getByRole("listitem")).toHaveCount(STEPS.length);
  await expect(page.getByRole("button", { name: "Prüfung starten" })).toBeDisabled();
  expect((await request.get(`${server.url}/check`)).status()).toBe(200);
});

function step(person: Participant, title: string) {
  return person.page.getByRole("listitem").filter({ has: person.page.getByRole("heading", { name: title, exact: true }) });
}

function results(person: Participant): Promise<string[]> {
  return person.page.locator(".check-state").allTextContents();
}
