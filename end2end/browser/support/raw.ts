import { once } from "node:events";

import { io, type Socket } from "socket.io-client";

/** A participant without a browser and without manners, who says whatever the test wants. */
export class Raw {
  /** Counts what they wrote. */
  private written = 0;

  private constructor(
    readonly socket: Socket,
    /** Their participant id. */
    readonly id: string,
  ) {}

  /** Enters a room under a name. */
  static async enter(server: string, room: string, name: string): Promise<Raw> {
    const socket = io(server, { transports: ["websocket"], forceNew: true, reconnection: false });
    await once(socket as unknown as NodeJS.EventEmitter, "connect");
    const reply = await socket.timeout(5_000).emitWithAck("create-session", { room, name });
    if (!reply.ok) throw new Error(`not let in: ${reply.code}`);
    return new Raw(socket, reply.you);
  }

  /** Says something, and returns `ok` or the code of the refusal. */
  async say(body: object, to?: string): Promise<string> {
    const reply = await this.socket.timeout(5_000).emitWithAck("message", { to, body });
    return reply.ok ? "ok" : reply.code;
  }

  /** Writes in the chat, perhaps with a file beside the text. */
  async write(text: string, file?: object): Promise<string> {
    this.written += 1;
    const { written: n } = this;
    return this.say({ kind: "chat", n, clock: n, at: Date.now(), text, ...(file && { file }) });
  }

  /** Is gone without a word. */
  vanish(): void {
    this.socket.disconnect();
  }
}
