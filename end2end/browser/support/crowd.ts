import { once } from "node:events";

import { io, type Socket } from "socket.io-client";

/** Participants without a browser: they enter a room, and answer to nothing. */
export class Crowd {
  private constructor(private readonly sockets: Socket[]) {}

  /** Lets `count` of them enter a room, one after the other. */
  static async enter(server: string, room: string, count: number): Promise<Crowd> {
    const crowd = new Crowd([]);
    for (let one = 0; one < count; one += 1) {
      const socket = io(server, { transports: ["websocket"], forceNew: true, reconnection: false });
      crowd.sockets.push(socket);
      await once(socket as unknown as NodeJS.EventEmitter, "connect");
      const reply = await socket.timeout(5_000).emitWithAck("create-session", room);
      if (!reply.ok) throw new Error(`not let in: ${reply.message}`);
    }
    return crowd;
  }

  /** Lets one of them leave for good. */
  oneLeaves(): void {
    this.sockets.pop()?.emit("leave-session", {}).disconnect();
  }

  /** Closes their connections. */
  disperse(): void {
    for (const socket of this.sockets) socket.disconnect();
  }
}
