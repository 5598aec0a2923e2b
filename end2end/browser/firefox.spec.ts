import { FirefoxParticipant } from "./support/firefox.ts";
import { expectBytesGrow, expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";

for (const first of ["Chromium", "Firefox"]) {
  test(`Chromium and Firefox see and hear each other, ${first} first`, async ({ newcomer, room, server }) => {
    test.setTimeout(90_000);
    const ada = await newcomer("Ada");
    const fox = await FirefoxParticipant.open("Fox");
    try {
      if (first === "Chromium") await ada.join(room);
      await fox.join(server.url, room);
      if (first === "Firefox") await ada.join(room);
      await ada.sees("Fox");
      await fox.sees("Ada");
      for (const person of [ada, fox]) {
        await expectBytesGrow(person.page);
        await expectSound(person.page);
      }
      expect(fox.errors).toEqual([]);
    } finally {
      await fox.close();
    }
    await expect(ada.tile("Fox")).toHaveCount(0, { timeout: 40_000 });
  });
}
