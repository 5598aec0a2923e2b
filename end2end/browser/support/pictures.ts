import { fileURLToPath } from "node:url";

import { expect } from "@playwright/test";

import type { Participant } from "./participant.ts";

const FOLDER = fileURLToPath(new URL("../../results/screenshots/", import.meta.url));
const THEMES = ["dark", "light"] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Takes both themes in both sizes, once toasts are gone and tiles have settled. */
export async function shoot(person: Participant, name: string): Promise<void> {
  await person.page.mouse.move(0, 0);
  const toasts = person.page.locator("[role=status]").filter({ hasText: /./ });
  await expect(toasts).toHaveCount(0, { timeout: 20_000 });
  for (const colorScheme of THEMES) {
    for (const size of SIZES) {
      await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await person.page.setViewportSize(size);
      await person.page.waitForTimeout(700);
      const path = `${FOLDER}${name}-${size.width}x${size.height}-${colorScheme}.png`;
      await person.page.screenshot({ path });
    }
  }
}
