import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { shoot } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

// A browser with these denies nothing, and so is one of its own.
test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

test("pictures of a screen that is shared, and held back", async ({ newcomer }) => {
  const [ada, bob] = [await newcomer("Ada Lovelace"), await newcomer("Grace Hopper")];
  await ada.join("shared-harbour");
  await bob.join("shared-harbour");
  await ada.sees(bob.name);
  await bob.button("Share screen").click();
  await expect(ada.tile(`${bob.name}’s screen`).locator("video")).toBeVisible();
  await shoot(ada, "screen");
  await shoot(bob, "sharing");
  await ada.page.evaluate(() => {
    const screens = [...document.querySelectorAll<HTMLVideoElement>(".tile-screen video")];
    const tracks = screens.flatMap((video) => (video.srcObject as MediaStream).getVideoTracks());
    for (const track of tracks) Object.defineProperty(track, "muted", { value: true });
  });
  await expect(ada.tile(`${bob.name}’s screen`).getByText("Paused")).toBeVisible();
  await shoot(ada, "screen-paused");
});
