import type { Page } from "@playwright/test";

import { expectBytesGrow, expectMoving, expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";

/** simple-peer reports the other side's close as an error; nobody listens for it in the seed. */
const OTHER_SIDE_CLOSED = /User-Initiated Abort|Connection failed/;

/** Someone without a name, as a seed client is. */
const GUEST = "Guest";

for (const first of ["the seed client", "ours"]) {
  test(`a stock seed client and ours see and hear each other, ${first} first`, async ({
    newcomer,
    newPage,
    room,
    seedSite,
    server,
  }) => {
    const ada = await newcomer("Ada");
    const seed = await newPage({ tolerates: OTHER_SIDE_CLOSED });
    const seedJoins = () => joinAsSeed(seed, seedSite.page(server.url, room));
    if (first === "ours") await ada.join(room);
    await seedJoins();
    if (first === "the seed client") await ada.join(room);

    await ada.sees(GUEST);
    await seedSees(seed, 1);
    for (const page of [ada.page, seed]) {
      await expectBytesGrow(page);
      await expectSound(page);
    }
    await seed.close();
    await expect(ada.tile(GUEST)).toHaveCount(0);
  });
}

test("two of ours and two stock seed clients, in turns, all see each other", async ({
  newcomer,
  newPage,
  room,
  seedSite,
  server,
}) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  const [one, two] = [await newPage({ tolerates: OTHER_SIDE_CLOSED }), await newPage({ tolerates: OTHER_SIDE_CLOSED })];
  await ada.join(room);
  await joinAsSeed(one, seedSite.page(server.url, room));
  await bob.join(room);
  await joinAsSeed(two, seedSite.page(server.url, room));

  await ada.sees("Bob");
  await bob.sees("Ada");
  for (const person of [ada, bob]) {
    for (const name of [GUEST, `${GUEST} (2)`]) await expectMoving(person.tile(name).locator("video"));
  }
  await seedSees(one, 3);
  await seedSees(two, 3);
});

async function joinAsSeed(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: "Join" }).click();
}

/** The seed gives every other participant's video the id `${id}-video`. */
async function seedSees(page: Page, others: number): Promise<void> {
  const videos = page.locator("#videos_container video[id$='-video']");
  await expect(videos).toHaveCount(others);
  for (const video of await videos.all()) await expectMoving(video, "the seed client sees someone");
}
