import { createSocket } from "node:dgram";
import { once } from "node:events";

import TurnServer from "node-turn";

const [USER, PASSWORD] = ["ada", "secret"];

/** A TURN server (RFC 8656) on 127.0.0.1. */
export class Turn {
  readonly #server;

  private constructor(readonly port: number) {
    this.#server = new TurnServer({
      listeningIps: ["127.0.0.1"],
      relayIps: ["127.0.0.1"],
      listeningPort: port,
      authMech: "long-term",
      credentials: { [USER]: PASSWORD },
    });
  }

  /** Starts one on a free port. */
  static async start(): Promise<Turn> {
    const turn = new Turn(await freeUdpPort());
    turn.#server.start();
    return turn;
  }

  /** As `--ice-server` takes it. */
  get flag(): string {
    return `turn:127.0.0.1:${this.port},${USER},${PASSWORD}`;
  }

  /** How many relayed addresses it holds for its clients. */
  get allocations(): number {
    return Object.keys(this.#server.allocations).length;
  }

  /** Ends it, and with it all that goes through it. */
  stop(): void {
    this.#server.stop();
  }
}

/** Has all connections of a page go by way of relays, as a strict firewall would. */
export function relayOnly(): void {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration: RTCConfiguration = {}) {
      super({ ...configuration, iceTransportPolicy: "relay" });
    }
    override setConfiguration(configuration: RTCConfiguration = {}) {
      super.setConfiguration({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}
