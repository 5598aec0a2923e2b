import type { Page } from "@playwright/test";

import { expect, test } from "./support/test.ts";

/** Colours by name, as `style/tokens.css` has them. */
const NAMES = ["bg", "surface", "raised", "overlay", "text", "muted", "accent", "accent-fill", "danger", "danger-fill", "ok",
  "warn", "speaking", "border-strong", "border", "scrim", "shadow", "accent-soft"];

for (const scheme of ["light", "dark"] as const) {
  test(`browsers without light-dark() have ${scheme} colours, too`, async ({ newcomer, room }, info) => {
    const ada = await newcomer("Ada", { context: { colorScheme: scheme } });
    // As a browser that does not know the function: it drops what has it.
    await ada.page.route("**/*.css", async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, body: (await reply.text()).replaceAll("light-dark(", "unknown-function(") });
    });
    await ada.visit("/");
    await expectReadable(ada.page, scheme);
    await info.attach("home", { body: await ada.page.screenshot(), contentType: "image/png" });
    await ada.openLobby(room);
    await expectReadable(ada.page, scheme);
    await info.attach("lobby", { body: await ada.page.screenshot(), contentType: "image/png" });
    await ada.button("Use camera and microphone").click();
    await ada.nameAndJoin();
    await ada.seesThemselves();
    await expectReadable(ada.page, scheme);
    await info.attach("call", { body: await ada.page.screenshot(), contentType: "image/png" });
  });
}

test("colours are the same by the system's choice and by the person's", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  await ada.visit("/");
  const colours = async (system: "light" | "dark", chosen: string) => {
    await ada.page.emulateMedia({ colorScheme: system });
    return ada.page.evaluate(
      ([names, theme]) => {
        const root = document.documentElement;
        if (theme) root.dataset["theme"] = theme;
        else delete root.dataset["theme"];
        const style = getComputedStyle(root);
        return [style.colorScheme, ...names.map((name) => style.getPropertyValue(`--${name}`).replace(/\s+/g, " "))];
      },
      [NAMES, chosen] as const,
    );
  };
  const [light, dark] = [await colours("light", ""), await colours("dark", "")];
  expect(light.join("")).not.toBe(dark.join(""));
  for (const colour of [...light, ...dark]) expect(colour).not.toBe("");
  for (const system of ["light", "dark"] as const) {
    expect(await colours(system, "light"), `light on ${system}`).toEqual(light);
    expect(await colours(system, "dark"), `dark on ${system}`).toEqual(dark);
  }
});

/** Text and background differ as they should (WCAG 2.2, 1.4.3), on the right side of grey. */
async function expectReadable(page: Page, scheme: "light" | "dark"): Promise<void> {
  const [text, background] = await page.evaluate(() => {
    const channels = (colour: string) => colour.match(/[\d.]+/g)?.map(Number) ?? [];
    const luminance = ([r = 0, g = 0, b = 0, alpha = 1]: number[]) => {
      if (alpha === 0) return NaN;
      const linear = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
    };
    const heading = getComputedStyle(document.querySelector("h1")!).color;
    const root = getComputedStyle(document.documentElement).backgroundColor;
    return [luminance(channels(heading)), luminance(channels(root))] as const;
  });
  const ratio = (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
  expect(ratio).toBeGreaterThan(7);
  expect(text < background).toBe(scheme === "light");
}
