import { Proxy } from "./support/proxy.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";

/** Milliseconds in which a dead socket is noticed, on two busy cores. */
const SOON = 6_000;

/** How the answer to `echo` begins: nothing else is asked under this number (`ECHO_ACK`). */
const ECHO_ANSWER = "434[";

/** What tells a page that it may have been away. */
const SIGNS = {
  online: () => window.dispatchEvent(new Event("online")),
  "seen again": () => document.dispatchEvent(new Event("visibilitychange")),
};

for (const [sign, give] of Object.entries(SIGNS)) {
  test(`a dead socket is noticed at once when the page is ${sign}`, async ({ newcomer, room, startServer }) => {
    const server = await startServer();
    const proxy = await Proxy.before(server.port);
    const bob = await newcomer("Bob", { site: server.url });
    await bob.join(room);
    const ada = await newcomer("Ada", { site: proxy.url, tolerates: SERVER_IS_AWAY });
    let echoes = 0;
    ada.page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        if (String(payload).startsWith(ECHO_ANSWER)) echoes += 1;
      });
    });
    await ada.join(room);
    await ada.sees("Bob");

    // One that is alive answers, and is left alone.
    const before = echoes;
    await ada.page.evaluate(give);
    await expect.poll(() => echoes).toBeGreaterThan(before);
    expect(proxy.upgradesSeen).toBe(1);
    expect((await ada.said()).join("\n")).not.toContain("Reconnecting");

    proxy.stall();
    const since = Date.now();
    await ada.page.evaluate(give);
    await ada.hears("Reconnecting");
    expect(Date.now() - since).toBeLessThan(SOON);
    proxy.mend();
    await ada.hears("Connected again");
    await ada.sees("Bob");
    expect((await bob.said()).join("\n")).not.toContain("Ada left");
    await proxy.close();
  });
}
