import type { Page } from "@playwright/test";

import { expect, test } from "./support/test.ts";

const NO_SCRIPT = { context: { javaScriptEnabled: false } };

test("home and lobby show their content without JavaScript", async ({ newPage, server }) => {
  const page = await newPage(NO_SCRIPT);
  await page.goto(server.url);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.getByRole("textbox", { name: "Room name" }).fill("Größe-7");
  await page.getByRole("button", { name: "Enter" }).click();
  await expect(page).toHaveURL(`${server.url}/r/${encodeURIComponent("Größe-7")}`);
  await expect(page.getByRole("heading", { level: 1, name: "Größe-7" })).toBeVisible();
  await expect(page.getByText("Nobody sees or hears you until you join.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Your name" })).toBeVisible();
});

test("a new meeting has a link that nobody guesses", async ({ newPage, server }) => {
  const page = await newPage(NO_SCRIPT);
  const links = new Set<string>();
  for (let meeting = 0; meeting < 5; meeting += 1) {
    await page.goto(server.url);
    await page.getByRole("link", { name: "New meeting" }).or(page.getByRole("button", { name: "New meeting" })).click();
    await expect(page).toHaveURL(/\/r\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    links.add(page.url());
  }
  expect(links.size).toBe(5);
});

test("home leads into a meeting with the program running", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  await ada.visit("/");
  await ada.page.getByRole("textbox", { name: "Room name" }).fill("standup");
  await ada.button("Enter").click();
  await expect(ada.page.getByRole("heading", { level: 1, name: "standup" })).toBeVisible();
  await ada.visit("/");
  await ada.page.getByRole("link", { name: "New meeting" }).or(ada.button("New meeting")).click();
  await expect(ada.page.getByRole("button", { name: "Join" })).toBeVisible();
});

test("a link pasted into a chat previews", async ({ newPage, request, server, room }) => {
  const page = await newPage(NO_SCRIPT);
  const home = await previewOf(page, server.url);
  expect(home.title).toContain("Roundtable");
  expect(home.description.length).toBeGreaterThan(20);
  const link = await previewOf(page, `${server.url}/r/${room}`);
  expect(link.title).toContain(room);
  expect(link.ogTitle).toContain(room);
  expect(link.ogDescription.length).toBeGreaterThan(20);
  const image = await request.get(new URL(link.ogImage).href);
  expect(image.headers()["content-type"]).toMatch(/^image\//);
});

for (const path of ["/", "/r/early"]) {
  test(`the content of ${path} is painted before the program arrives`, async ({ newPage, server }) => {
    const page = await newPage();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/*.wasm", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(server.url + path, { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const painted = () => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(painted).toBe(1);
    expect(await page.evaluate(() => window.probe.programMemory())).toBe(0);
    const lines = async () => (await page.locator("main").innerText()).split("\n").filter((line) => line.trim() !== "");
    const before = await lines();
    expect(before, "something was rendered").not.toEqual([]);
    const ofServer = page.locator("main[data-of-server]");
    await page.locator("main").evaluate((main) => main.setAttribute("data-of-server", ""));
    release();
    await page.waitForFunction(() => window.probe.programMemory() > 0);
    // The program renders a room's page anew and leaves home as it is.
    await expect(ofServer).toHaveCount(path === "/" ? 1 : 0);
    // All of it is still there; who is in the room is told by the server alone.
    expect(await lines()).toEqual(expect.arrayContaining(before));
  });
}

test("pages come under a strict policy", async ({ request, server, room }) => {
  for (const path of ["/", `/r/${room}`, "/no/such/page"]) {
    const headers = (await request.get(server.url + path)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toMatch(/default-src '(none|self)'/);
    expect(policy).toContain("'wasm-unsafe-eval'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
    expect(policy).not.toMatch(/style-src[^;]*'unsafe-inline'/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["permissions-policy"]).toMatch(/camera=\(self\)/);
  }
});

/** What a program that previews links reads; it runs no scripts. */
async function previewOf(page: Page, address: string) {
  await page.goto(address);
  const content = async (selector: string) => (await page.locator(selector).getAttribute("content")) ?? "";
  return {
    title: await page.title(),
    description: await content("meta[name=description]"),
    ogTitle: await content("meta[property='og:title']"),
    ogDescription: await content("meta[property='og:description']"),
    ogImage: await content("meta[property='og:image']"),
  };
}

test("a theme that was chosen is there before the program, on every page", async ({ newcomer }) => {
  const ada = await newcomer("Ada", { context: { colorScheme: "light" }, tolerates: /Failed to (load|fetch)|net::ERR_FAILED/ });
  await ada.page.goto(ada.site);
  await ada.page.evaluate(() => localStorage.setItem("roundtable.theme", "dark"));
  await ada.page.route("**/*.wasm", (route) => route.abort());
  for (const path of ["/", "/r/quiet-port", "/check"]) {
    await ada.page.goto(`${ada.site}${path}`);
    await expect(ada.page.locator("html"), path).toHaveCSS("background-color", "rgb(15, 18, 22)");
  }
});
