declare global {
  interface Window {
    /** The part of received packets that the statistics of this page tell to be lost. */
    loss?: number;
  }
}

/** Has the statistics of a page tell of packets that are lost, as many as `window.loss` is of all. */
export function loseInStatistics(): void {
  const tell = RTCPeerConnection.prototype.getStats;
  const counted = new Map<string, { packets: number; lost: number }>();
  RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection) {
    const told = new Map<string, Record<string, unknown>>();
    for (const [id, entry] of await tell.call(this)) {
      const copy = { ...entry };
      if (copy.type === "inbound-rtp") {
        const key = `${copy.kind}${copy.ssrc}`;
        const before = counted.get(key) ?? { packets: 0, lost: 0 };
        const loss = window.loss ?? 0;
        const lost = before.lost + ((copy.packetsReceived - before.packets) * loss) / (1 - loss);
        counted.set(key, { packets: copy.packetsReceived, lost });
        copy.packetsLost = lost;
      }
      told.set(id, copy);
    }
    return told as unknown as RTCStatsReport;
  };
}
