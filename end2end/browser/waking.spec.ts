import { Proxy } from "./support/proxy.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";

/** Milliseconds in which a dead socket is noticed, on two busy cores. */
const SOON = 6_000;

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
    await ada.join(room);
    await ada.sees("Bob");

    // One that is alive is left alone.
    await ada.page.evaluate(give);
    await ada.page.waitForTimeout(5_000);
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
