import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";
import { noWayBetweenBrowsers } from "./support/block-p2p.ts";

test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

const NOT_SENT = "Their browser sends no video that this server can pass on";
const NOT_SHOWN = "Your browser can’t show the video that this server passes on";

test("where one browser has no format of the server's, the rest works and the tile says so", async ({
  newcomer,
  room,
  startServer,
}) => {
  const { url: site } = await startServer("--sfu-from", "2");
  const ada = await newcomer("Ada", { site, prepare: noWayBetweenBrowsers });
  const ben = await newcomer("Ben", { site, prepare: noWayBetweenBrowsers });
  await ben.page.addInitScript(withoutVp8);
  await ada.join(room);
  await ben.join(room);
  await expect(ada.tile("Ben").getByText(NOT_SENT)).toBeVisible({ timeout: 30_000 });
  await expect(ben.tile("Ada").getByText(NOT_SHOWN)).toBeVisible();
  for (const person of [ada, ben]) await expectSound(person.page);
});

test("a certificate that the server does not take is refused with a word", async ({ newcomer, room, startServer }) => {
  const { url: site } = await startServer("--sfu-from", "2");
  const ada = await newcomer("Ada", { site, prepare: noWayBetweenBrowsers });
  const ben = await newcomer("Ben", { site, prepare: noWayBetweenBrowsers });
  await ben.page.addInitScript(withRsaCertificate);
  await ada.join(room);
  await ben.join(room);
  await expect(ada.tile("Ben").getByText(NOT_SENT)).toBeVisible({ timeout: 30_000 });
  await expect(ben.tile("Ada").getByText(NOT_SHOWN)).toBeVisible();
});

/** Has the page know VP8 neither for sending nor for receiving, as a browser with a hardware encoder only. */
function withoutVp8(): void {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    override async setRemoteDescription(description: RTCSessionDescriptionInit) {
      const sdp = description.sdp?.replaceAll(" VP8/90000", " X-unknown/90000");
      await super.setRemoteDescription(sdp === undefined ? description : { ...description, sdp });
    }
  };
}

/** Has the page identify itself by a certificate with an RSA key (RFC 8827 section 6.5 asks for ECDSA). */
function withRsaCertificate(): void {
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const Original = RTCPeerConnection;
  let certificate: RTCCertificate | undefined;
  void Original.generateCertificate(rsa).then((made) => {
    certificate = made;
  });
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(certificate ? { ...configuration, certificates: [certificate] } : configuration);
    }
  };
}
