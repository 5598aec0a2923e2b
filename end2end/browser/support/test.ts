import { randomUUID } from "node:crypto";

import { test as base, expect, type BrowserContextOptions, type Page } from "@playwright/test";

import { Participant } from "./participant.ts";
import { installProbe } from "./probe.ts";
import { SeedSite } from "./seed-site.ts";
import { Server } from "./server.mjs";
import { Turn } from "./turn.ts";

export { expect };

/** What is unusual about a page. */
export interface PageOptions {
  /** Another server than the shared one. */
  site?: string;
  /** Whether the person lets the page use their devices; they do. */
  allowsDevices?: boolean;
  /** Console errors that belong to what is tested. */
  tolerates?: RegExp;
  /** Runs in the page before anything of the page does. */
  prepare?: () => void;
  /** Whether the page is left without a probe, which needs WebAssembly itself and reports what a policy stops. */
  isBare?: boolean;
  /** More of Playwright's own. */
  context?: BrowserContextOptions;
}

interface TestFixtures {
  /** A room's name that no other test uses. */
  room: string;
  /** Opens a browser of its own for someone; at the end of the test it must have seen no error. */
  newcomer: (name: string, options?: PageOptions) => Promise<Participant>;
  /** Opens a blank page of its own, watched in the same way. */
  newPage: (options?: PageOptions) => Promise<Page>;
  /** Starts a server for this test alone. */
  startServer: (...flags: string[]) => Promise<Server>;
  /** A relay for this test alone. */
  turn: Turn;
}

interface WorkerFixtures {
  server: Server;
  seedSite: SeedSite;
}

/** What a browser says when the server that it talks to is away. */
export const SERVER_IS_AWAY = /WebSocket connection to .* failed|net::ERR_|Failed to load resource|Failed to fetch/;

/** Playwright's `test`, with a server and people. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  seedSite: [
    async ({}, use) => {
      const site = await SeedSite.open();
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],

  server: [
    async ({ seedSite }, use) => {
      const server = await Server.start("--allow-origin", seedSite.origin);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  startServer: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (...flags) => {
      const server = await Server.start(...flags);
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
  },

  turn: async ({}, use) => {
    const turn = await Turn.start();
    await use(turn);
    turn.stop();
  },

  room: async ({}, use) => {
    await use(`room-${randomUUID().slice(0, 8)}`);
  },

  // It names `startServer` so that pages close before servers do.
  newPage: async ({ browser, startServer: _before }, use) => {
    const pages: { page: Page; errors: string[] }[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        permissions: options.allowsDevices === false ? [] : ["camera", "microphone"],
        ...options.context,
      });
      if (!options.isBare) await context.addInitScript(installProbe);
      if (options.prepare) await context.addInitScript(options.prepare);
      const page = await context.newPage();
      pages.push({ page, errors: watchErrors(page, options.tolerates) });
      return page;
    });
    for (const { page, errors } of pages) {
      if (!page.isClosed()) errors.push(...(await violations(page)));
      await page.context().close();
      expect.soft(errors, "errors of a page").toEqual([]);
    }
  },

  newcomer: async ({ newPage, server }, use) => {
    await use(async (name, options = {}) => {
      return new Participant(await newPage(options), name, options.site ?? server.url);
    });
  },
});

function watchErrors(page: Page, tolerated?: RegExp): string[] {
  const errors: string[] = [];
  const note = (text: string) => {
    if (!tolerated?.test(text)) errors.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") note(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => note(String(error)));
  page.on("crash", () => note("the page crashed"));
  return errors;
}

function violations(page: Page): Promise<string[]> {
  return page.evaluate(() => window.probe?.violations ?? []).catch(() => []);
}
