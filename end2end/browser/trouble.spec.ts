import { INSECURE_HOST } from "./support/chromium.mjs";
import { Crowd } from "./support/crowd.ts";
import { expect, test } from "./support/test.ts";

test("an insecure address says why no camera works there, and what to do", async ({ newcomer, server, room }) => {
  const site = `http://${INSECURE_HOST}:${server.port}`;
  // Chromium complains of a header that counts over https only.
  const ada = await newcomer("Ada", { site, tolerates: /Cross-Origin-Opener-Policy/ });
  await ada.visit(`/r/${room}`);
  const main = ada.page.getByRole("main");
  await expect(main.getByRole("heading", { name: /secure|https/i })).toBeVisible();
  await expect(main).toContainText(/https/i);
  await expect(ada.button("Join")).toHaveCount(0);
});

test("a browser without WebRTC says so", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: () => Reflect.deleteProperty(window, "RTCPeerConnection") });
  await ada.visit(`/r/${room}`);
  await expect(ada.page.getByRole("heading", { name: /browser/i })).toBeVisible();
  await expect(ada.button("Join")).toHaveCount(0);
});

test("a full room says so, and lets in when someone has left", async ({ newcomer, server, room }) => {
  const crowd = await Crowd.enter(server.url, room, 8);
  try {
    const ada = await newcomer("Ada");
    await ada.openLobby(room);
    await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
    await ada.button("Join").click();
    await expect(ada.page.getByRole("heading", { name: /full/i })).toBeVisible();
    await expect(ada.page.getByText(/8 people/)).toBeVisible();
    await ada.hasFreedEverything();
    crowd.oneLeaves();
    await ada.page.getByRole("button", { name: /try again/i }).click();
    await expect(ada.button("Join").or(ada.button("Leave"))).toBeVisible();
    if (await ada.button("Join").isVisible()) await ada.button("Join").click();
    await ada.isInside();
    await expect(ada.tiles).toHaveCount(8);
  } finally {
    crowd.disperse();
  }
});

test("a server that refuses is quoted", async ({ newcomer, startServer, room }) => {
  const server = await startServer("--max-rooms", "1");
  const crowd = await Crowd.enter(server.url, `${room}-other`, 1);
  try {
    const ada = await newcomer("Ada", { site: server.url });
    await ada.openLobby(room);
    await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
    await ada.button("Join").click();
    await expect(ada.page.getByText(/as many rooms as it takes/)).toBeVisible();
    await expect(ada.page.getByRole("button", { name: /try again/i })).toBeVisible();
  } finally {
    crowd.disperse();
  }
});

test("a room name that can be none is refused with the reason", async ({ newcomer }) => {
  const ada = await newcomer("Ada", { tolerates: /Failed to load resource/ });
  for (const [path, reason] of [
    ["/r/a%20b", /letters, digits, - and _ only/],
    [`/r/${"x".repeat(65)}`, /at most 64 characters/],
  ] as const) {
    await ada.visit(path);
    await expect(ada.page.getByText(reason)).toBeVisible();
    await expect(ada.page.getByRole("link", { name: /home/i })).toBeVisible();
  }
});

test("a page that is not there says so, with status 404", async ({ newcomer, request, server }) => {
  const ada = await newcomer("Ada", { tolerates: /Failed to load resource/ });
  await ada.visit("/no/such/page");
  await expect(ada.page.getByRole("heading", { name: /nothing here/i })).toBeVisible();
  await expect(ada.page.getByRole("link", { name: /home/i })).toBeVisible();
  expect((await request.get(`${server.url}/no/such/page`)).status()).toBe(404);
});
