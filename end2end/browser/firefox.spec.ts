import { readFile } from "node:fs/promises";

import { chat, fileIn, offer } from "./support/chat.ts";
import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { FirefoxParticipant } from "./support/firefox.ts";
import { expectBytesGrow, expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";

test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

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

test("in Firefox one chats, passes files, looks at a screen, at the quality, and records", async ({ newcomer, room, server }) => {
  test.setTimeout(120_000);
  const ada = await newcomer("Ada");
  const fox = await FirefoxParticipant.open("Fox");
  try {
    await ada.join(room);
    await fox.join(server.url, room);
    await ada.sees("Fox");
    await fox.sees("Ada");

    await ada.button("Open chat").click();
    await fox.press("Open chat");
    await fox.write("greetings from the fox");
    await expect(chat(ada).getByText("greetings from the fox")).toBeVisible();
    const own = import.meta.filename;
    await fox.offer(own);
    const download = ada.page.waitForEvent("download");
    await ada.button("Download firefox.spec.ts").click();
    expect(await readFile(await (await download).path(), "utf8")).toBe(await readFile(own, "utf8"));
    await offer(ada, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.alloc(300_000, "notes ") });
    await fox.press("Download notes.txt");
    await fox.hears("notes.txt is here");
    await expect(fileIn(ada, "notes.txt")).toContainText("1 person has it");

    await ada.button("Share screen").click();
    await fox.sees("Ada’s screen");
    await fox.press("More options");
    await fox.press("Connection quality");
    await fox.has("heading", "Your connection: good");
    await fox.press("Close");

    await fox.press("More options");
    await fox.press("Record here");
    await fox.press("Start recording");
    await ada.hears("Fox is recording");
    // In its first second, a Firefox that is busy has recorded nothing yet.
    await fox.shows(".recording-indicator", /0:0[3-9]/);
    await fox.press("More options");
    await fox.press("Stop recording");
    await ada.hears("Fox has stopped recording");
    await fox.has("region", "Recordings on this machine");
    await fox.sees("Ada");
    expect(fox.errors).toEqual([]);
  } finally {
    await fox.close();
  }
});
