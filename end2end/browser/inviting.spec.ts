import type { Locator } from "@playwright/test";
import jsQR from "jsqr";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

const CLIPBOARD = { context: { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] } };
const CODE = { name: "QR code of the link" };

test("who is alone is shown how to bring others in", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { ...CLIPBOARD, prepare: shareSheet });
  await ada.join(room);
  const link = `${ada.site}/r/${room}`;
  const card = ada.page.getByRole("region", { name: "You are the first one here" });
  await expect(card.getByRole("textbox", { name: "Link to this room" })).toHaveValue(link);
  await card.getByRole("button", { name: "Copy the link" }).click();
  await ada.hears("Link copied");
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await card.getByRole("button", { name: "Share…" }).click();
  expect(await ada.page.evaluate(() => Reflect.get(window, "shared"))).toEqual([{ url: link }]);
  for (const colorScheme of ["dark", "light"] as const) {
    await ada.page.emulateMedia({ colorScheme });
    expect(await decode(ada, card.getByRole("img", CODE)), colorScheme).toBe(link);
  }
});

test("others are invited from the menu of a call; the focus comes back", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", CLIPBOARD), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await expect(ada.page.getByRole("img", CODE)).toHaveCount(0);
  await ada.button("More options").click();
  await ada.button("Invite people").click();
  const dialog = ada.page.getByRole("dialog", { name: "Invite people" });
  await dialog.getByRole("button", { name: "Copy the link" }).click();
  await ada.hears("Link copied");
  expect(await decode(ada, dialog.getByRole("img", CODE))).toBe(`${ada.site}/r/${room}`);
  await expect(dialog.getByRole("button", { name: "Share…" }), "this browser has no share sheet").toHaveCount(0);
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(ada.button("More options")).toBeFocused();
});

/** What a decoder that is not ours reads in a picture of a code, as a phone would take it. */
async function decode(person: Participant, code: Locator): Promise<string | undefined> {
  await expect(code).toBeVisible();
  const box = await code.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(160);
  const picture = (await code.screenshot()).toString("base64");
  const { pixels, width, height } = await person.page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const { data, width, height } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? new ImageData(1, 1);
    return { pixels: [...data], width, height };
  }, picture);
  return jsQR(Uint8ClampedArray.from(pixels), width, height)?.data;
}

/** A share sheet, which Chromium on Linux has not. */
function shareSheet(): void {
  const shared: unknown[] = [];
  Reflect.set(window, "shared", shared);
  navigator.share = async (data) => void shared.push(data);
}
