declare module "node-turn" {
  import type { Socket } from "node:dgram";

  /** What of it is used here. */
  export default class TurnServer {
    constructor(settings: {
      listeningIps: string[];
      relayIps: string[];
      listeningPort: number;
      authMech: "none" | "long-term";
      credentials: Record<string, string>;
    });
    /** By the addresses of client and server. */
    readonly allocations: Record<string, { sockets: Socket[] }>;
    start(): void;
    stop(): void;
  }
}
