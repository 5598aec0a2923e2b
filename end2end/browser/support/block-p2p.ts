/** Has the page find no way to other browsers, as between two networks that let nothing in, but one to the server. */
export function noWayBetweenBrowsers(): void {
  const isServer = (sdp?: string) => sdp?.includes("a=ice-lite") ?? false;
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    override async setRemoteDescription(description: RTCSessionDescriptionInit) {
      const { sdp = "" } = description;
      const blind = isServer(sdp) ? sdp : sdp.replaceAll(/^a=candidate:.*\r\n/gm, "");
      await super.setRemoteDescription({ ...description, sdp: blind });
    }
    override async addIceCandidate(candidate?: RTCIceCandidateInit | null) {
      if (isServer(this.remoteDescription?.sdp)) await super.addIceCandidate(candidate);
    }
  };
}
