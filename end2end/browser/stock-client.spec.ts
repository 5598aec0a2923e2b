import { io, type Socket } from "socket.io-client";

import { expect, test } from "./support/test.ts";

/** More than fit into one poll. */
const CANDIDATES = 50;

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  test(`two stock clients meet by ${transports.join(", then ")}`, async ({ room, server }) => {
    const [ada, ben] = [connect(server.url, transports), connect(server.url, transports)];
    try {
      const admitted = await ada.emitWithAck("create-session", { room, name: "Ada" });
      expect(admitted).toMatchObject({ ok: true, participants: [] });
      const prepare = hear(ada, "conn-prepare");
      ben.emit("create-session", room);
      const bensId = (await prepare)["justJoinedUserSocketId"];
      const init = hear(ben, "conn-init");
      ada.emit("conn-init", { connUserSocketId: bensId });
      const adasId = (await init)["connUserSocketId"];
      expect(adasId).toBe(admitted.you);

      const heard: unknown[] = [];
      const all = new Promise<void>((done) => {
        ada.on("conn-signal", ({ connUserSocketId, signal }) => {
          expect(connUserSocketId).toBe(bensId);
          if (heard.push(signal.candidate.candidate) === CANDIDATES) done();
        });
      });
      const said = Array.from({ length: CANDIDATES }, (_, number) => `candidate ${number}`);
      for (const candidate of said) {
        const signal = { type: "candidate", candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } };
        ben.emit("conn-signal", { connUserSocketId: adasId, signal });
      }
      await all;
      expect(heard).toEqual(said);
      expect(ada.io.engine.transport.name).toBe(transports.at(-1));

      const refused = hear(ben, "refused");
      ben.emit("no-such-event", {});
      expect(await refused).toMatchObject({ code: "unknown-event" });
      const left = hear(ada, "participant-left");
      ben.disconnect();
      expect(await left).toEqual({ id: bensId });
    } finally {
      ada.disconnect();
      ben.disconnect();
    }
  });
}

function connect(url: string, transports: string[]): Socket {
  return io(url, { transports, forceNew: true });
}

/** The next event of a name. */
function hear(socket: Socket, name: string): Promise<Record<string, unknown>> {
  return new Promise((told) => socket.once(name, told));
}
