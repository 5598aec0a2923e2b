import type { Page, Route } from "@playwright/test";

import { expect, test } from "./support/test.ts";

/** What browsers say of what fails in these tests. */
const TOLERATED = /Failed to|net::ERR|WebAssembly|SyntaxError|Unexpected|MIME|Refused|Content Security Policy|wasm|status of/i;

const answer = (status: number) => (route: Route) => route.fulfill({ status, body: "no" });

/** What keeps a program from running, and what the page says of it. */
const OBSTACLES: Record<string, { breaks: (page: Page) => Promise<unknown>; says: RegExp }> = {
  "a program that is not there": { breaks: (page) => page.route("**/*.wasm", answer(404)), says: /did not arrive/ },
  "a server that fails": { breaks: (page) => page.route("**/*.wasm", answer(500)), says: /did not arrive/ },
  "a network that breaks": { breaks: (page) => page.route("**/*.wasm", (route) => route.abort()), says: /did not arrive/ },
  "a script that is not there": { breaks: (page) => page.route("**/front-*.js", answer(404)), says: /did not arrive/ },
  "a script that is none": {
    breaks: (page) =>
      page.route("**/front-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "<html>" })),
    says: /could not start/,
  },
  "a program that is cut off": {
    breaks: (page) =>
      page.route("**/*_bg.wasm", (route) =>
        route.fulfill({ contentType: "application/wasm", body: Buffer.from("0061736d01000000ff", "hex") }),
      ),
    says: /does not run/,
  },
  "texts that are not there": { breaks: (page) => page.route("**/room-*.json", answer(404)), says: /did not arrive/ },
  "a browser without WebAssembly": {
    breaks: (page) => page.addInitScript(() => Reflect.deleteProperty(window, "WebAssembly")),
    says: /does not run/,
  },
  "a policy against WebAssembly": {
    breaks: (page) =>
      page.route("**/r/*", async (route) => {
        const reply = await route.fetch();
        const policy = reply.headers()["content-security-policy"] ?? "";
        const headers = { ...reply.headers(), "content-security-policy": policy.replace("'wasm-unsafe-eval'", "") };
        await route.fulfill({ response: reply, headers });
      }),
    says: /does not run/,
  },
};

for (const [obstacle, { breaks, says }] of Object.entries(OBSTACLES)) {
  test(`the page says what is the matter: ${obstacle}`, async ({ newPage, server, room }) => {
    const page = await newPage({ tolerates: TOLERATED, isBare: true });
    await breaks(page);
    await page.goto(`${server.url}/r/${room}`);
    const said = page.getByRole("alert");
    await expect(said).toContainText(says);
    await expect(said.locator("p").filter({ visible: true })).toHaveCount(1);
    await page.unrouteAll();
    if (obstacle === "a browser without WebAssembly") return;
    await said.getByRole("button", { name: "Load again" }).click();
    await expect(said).toHaveCount(0);
    await page.getByRole("button", { name: "Continue without" }).click();
  });
}

test("a slow program is waited for, and it is said", async ({ newPage, server, room }) => {
  const page = await newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${server.url}/r/${room}`, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("alert")).toContainText("Still loading");
  release();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "Continue without" }).click();
});

test("without JavaScript the page of a room says so", async ({ request, server, room }) => {
  // Playwright turns JavaScript off behind the parser's back, which leaves `noscript` out then.
  const page = await (await request.get(`${server.url}/r/${room}`)).text();
  expect(page).toMatch(/<noscript><p[^>]*>JavaScript is switched off/);
});

test("translators and home screens find what they look for", async ({ newPage, request, server, room }) => {
  const page = await newPage();
  for (const path of ["/", `/r/${room}`]) {
    await page.goto(server.url + path);
    await expect(page.locator("html")).toHaveAttribute("translate", "no");
    await expect(page.locator("meta[name=google]")).toHaveAttribute("content", "notranslate");
    await expect(page.locator("link[rel=manifest]")).toHaveAttribute("href", "/manifest.webmanifest");
  }
  const reply = await request.get(`${server.url}/manifest.webmanifest`);
  expect(reply.headers()["content-type"]).toBe("application/manifest+json");
  const manifest = await reply.json();
  expect(manifest).toMatchObject({ name: "Roundtable", start_url: "/", display: "standalone" });
  const sides = await page.evaluate(async (icons: { src: string }[]) => {
    const load = async (src: string) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    };
    return Promise.all([...icons.map(({ src }) => src), "/assets/icon-180.png"].map(load));
  }, manifest.icons);
  expect(sides.slice(1)).toEqual([192, 512, 512, 180]);
  expect(manifest.icons.map((icon: { purpose: string }) => icon.purpose)).toContain("maskable");
  // What the browser itself makes of it.
  const session = await page.context().newCDPSession(page);
  const { errors } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
});
