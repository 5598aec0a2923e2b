import { chat, field, write } from "./support/chat.ts";
import { Deployment } from "./support/deployment.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";

test("a part that could not be loaded is loaded when that is tried again", async ({ newcomer, room, startServer }) => {
  const server = await startServer();
  const options = { site: server.url, tolerates: SERVER_IS_AWAY };
  const bob = await newcomer("Bob", options);
  await bob.openLobby(room);
  await bob.button("Continue without").click();
  await bob.nameAndJoin();
  // Who finds somebody inside needs no part for that.
  const ada = await newcomer("Ada", options);
  await ada.openLobby(room);
  await ada.button("Continue without").click();
  await ada.nameAndJoin();

  await server.kill();
  await ada.page.keyboard.press("c");
  const again = chat(ada).getByRole("button", { name: "Try again" });
  await expect(chat(ada)).toContainText("could not be loaded");
  await again.click();
  await expect(chat(ada)).toContainText("could not be loaded");
  await server.start();
  await again.click();
  await expect(field(ada)).toBeVisible();
});

test("where the server has a newer build, the page is loaded anew and keeps its place", async ({
  newcomer,
  room,
  startServer,
}) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const deployment = await Deployment.before(server.port);
  const bob = await newcomer("Bob", { site: server.url, tolerates: SERVER_IS_AWAY });
  await bob.join(room);
  const tolerates = new RegExp(`${SERVER_IS_AWAY.source}|HTTP status code is not ok`);
  const ada = await newcomer("Ada", { site: deployment.url, tolerates });
  // What the lobby shows of devices is in the same file as all else that is opened: it does not come in time.
  await ada.page.route(/split_parts/, (route) => route.abort());
  await ada.join(room);
  await ada.button("Turn microphone off").click();
  await write(bob, "before");
  await bob.sees("Ada");
  const id = await bob.idOf("Ada");

  await deployment.replace();
  await ada.page.unroute(/split_parts/);
  await server.kill();
  await server.start();
  for (const person of [ada, bob]) await person.hears("Connected again", 30_000);
  // She has opened nothing so far, and what she opens now is not there any more.
  await ada.button("More options").click();
  await expect(ada.page.getByText("There is a new version. Reload: you keep your place.")).toBeVisible();
  await ada.page.getByRole("button", { name: "Reload" }).click();

  await ada.isInside();
  await ada.sees("Bob");
  await bob.sees("Ada");
  expect(await bob.idOf("Ada")).toBe(id);
  const comings = (await bob.said()).filter((said) => /Ada (joined|left)/.test(said));
  expect(comings, "nobody notices").toEqual(["Ada joined"]);
  await expect(bob.tile("Ada").getByText(/muted/i)).toBeAttached();
  await expect(ada.button("Turn microphone on")).toBeVisible();
  // What was said before is there, and what is said now is no repetition of it.
  await write(ada, "after");
  await expect(chat(bob)).toContainText("after");
  for (const line of ["before", "after"]) await expect(chat(ada)).toContainText(line);

  // It is for once: who loads the page again is in the lobby.
  await ada.reload();
  await expect(ada.button("Join")).toBeVisible();
  await deployment.close();
});
