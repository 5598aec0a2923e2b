// Records what bots show and say, `src/bots/media/*`: `npm run record-bots`. The picture is drawn and the voice is made here,
// so both are ours to give away; the browser's own encoders make VP8 in three temporal layers and Opus of them.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

import { CHROMIUM_FLAGS, chromiumPath } from "./browser/support/chromium.mjs";

const media = new URL("../src/bots/media/", import.meta.url);
/** Two seconds, nearly: a multiple of the four pictures in which temporal layers are ordered. */
const PICTURES = 48;
const RATE = 25;
/** Height, and bits a second. */
const layers = /** @type {const} */ ([
  [180, 110_000],
  [360, 350_000],
  [720, 1_100_000],
]);
const SECONDS = 6;

const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_FLAGS });
const page = await browser.newPage();
// Encoders are there in secure contexts only, as localhost is one.
await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
await page.goto("http://localhost/");

for (const [height, bitrate] of layers) {
  const pictures = await page.evaluate(recordPictures, { height, bitrate, count: PICTURES, rate: RATE });
  await write(`camera-${height}p.ivf`, ivf(pictures.map(bytes), (height * 16) / 9, height));
}
const { packets, head, levels } = await page.evaluate(recordVoice, SECONDS);
await write("voice.ogg", ogg([bytes(head), tags(), ...packets.map(bytes)]));
await write("voice.levels", Buffer.from(levels));
await browser.close();

/** @param {string} name @param {Buffer} contents */
async function write(name, contents) {
  await writeFile(fileURLToPath(new URL(name, media)), contents);
  console.log(`${name}: ${contents.length} bytes`);
}

/** @param {string} base64 */
function bytes(base64) {
  return Buffer.from(base64, "base64");
}

/**
 * Somebody in front of a wall, who nods and speaks, in a circle.
 * @param {{ height: number, bitrate: number, count: number, rate: number }} settings
 */
async function recordPictures({ height, bitrate, count, rate }) {
  const width = (height * 16) / 9;
  const canvas = new OffscreenCanvas(width, height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {string[]} */
  const pictures = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      pictures.push(btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join("")));
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: "vp8", width, height, bitrate, framerate: rate, scalabilityMode: "L1T3", latencyMode: "realtime" });
  for (let number = 0; number < count; number += 1) {
    const turn = (2 * Math.PI * number) / count;
    pen.setTransform(height / 180, 0, 0, height / 180, 0, 0);
    const wall = pen.createLinearGradient(0, 0, 320, 180);
    wall.addColorStop(0, "#27496d");
    wall.addColorStop(1, "#6d8299");
    pen.fillStyle = wall;
    pen.fillRect(0, 0, 320, 180);
    for (let line = 0; line < 9; line += 1) {
      pen.fillStyle = `hsl(${30 + 20 * line} 40% 55%)`;
      pen.fillRect(10 + 34 * line, 14, 22, 50 + 6 * Math.sin(line));
    }
    const [x, y] = [160 + 8 * Math.sin(turn), 84 + 3 * Math.sin(2 * turn)];
    disc("#3b3b58", 160 + 4 * Math.sin(turn), 190, 66, 62);
    disc("#e0ac85", x, y, 34, 43);
    disc("#47322a", x, y - 27, 36, 22);
    for (const side of [-1, 1]) {
      disc("#fff", x + side * 12, y - 4, 6, 4);
      disc("#222", x + side * 12 + 2 * Math.sin(turn), y - 4, 2.5, 2.5);
    }
    disc("#8a3a3a", x, y + 20, 9, 2 + 4 * Math.abs(Math.sin(6 * turn)));
    const timestamp = (number * 1e6) / rate;
    const picture = new VideoFrame(canvas, { timestamp });
    encoder.encode(picture, { keyFrame: number === 0 });
    picture.close();
    while (encoder.encodeQueueSize > 0) await new Promise((done) => setTimeout(done));
  }
  await encoder.flush();
  return pictures;

  /** @param {string} colour @param {number} x @param {number} y @param {number} rx @param {number} ry */
  function disc(colour, x, y, rx, ry) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
    pen.fill();
  }
}

/**
 * Syllables of no language, in sentences with pauses between.
 * @param {number} seconds
 */
async function recordVoice(seconds) {
  const rate = 48_000;
  const context = new OfflineAudioContext(1, rate * seconds, rate);
  const cords = new OscillatorNode(context, { type: "sawtooth", frequency: 120 });
  const mouth = new GainNode(context, { gain: 0 });
  const formants = [
    [700, 1_200, 2_600],
    [300, 2_200, 3_000],
    [500, 900, 2_400],
    [400, 1_700, 2_500],
  ];
  const filters = [0, 1, 2].map(() => new BiquadFilterNode(context, { type: "bandpass", Q: 8 }));
  for (const filter of filters) cords.connect(filter).connect(mouth);
  mouth.connect(context.destination);
  for (let at = 0.1, syllable = 0; at < seconds - 0.3; syllable += 1) {
    const length = 0.12 + 0.05 * (syllable % 3);
    filters.forEach((filter, nth) => filter.frequency.setTargetAtTime(formants[syllable % 4][nth], at, 0.02));
    cords.frequency.setTargetAtTime(110 + 12 * (syllable % 5), at, 0.05);
    mouth.gain.setTargetAtTime(0.5, at, 0.015);
    mouth.gain.setTargetAtTime(0, at + length, 0.02);
    at += length + 0.06 + (syllable % 7 === 6 ? 0.5 : 0);
  }
  cords.start();
  const sound = await context.startRendering();
  const samples = sound.getChannelData(0);
  /** @type {string[]} */
  const packets = [];
  let head = "";
  /** @param {Uint8Array} data */
  const text = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      packets.push(text(data));
      const description = metadata?.decoderConfig?.description;
      if (description !== undefined) head = text(new Uint8Array(/** @type {ArrayBuffer} */ (description)));
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: "opus", sampleRate: rate, numberOfChannels: 1, bitrate: 32_000, opus: { frameDuration: 20_000 } });
  const each = rate / 50;
  const levels = [];
  for (let at = 0; at < samples.length; at += each) {
    const data = samples.slice(at, at + each);
    const power = data.reduce((sum, sample) => sum + sample * sample, 0) / each;
    levels.push(Math.min(127, Math.max(0, Math.round(-10 * Math.log10(power + 1e-13)))));
    const timestamp = (at * 1e6) / rate;
    const format = "f32-planar";
    encoder.encode(new AudioData({ format, sampleRate: rate, numberOfFrames: each, numberOfChannels: 1, timestamp, data }));
  }
  await encoder.flush();
  return { packets: packets.slice(0, levels.length), head, levels };
}

/** @param {Buffer[]} pictures @param {number} width @param {number} height */
function ivf(pictures, width, height) {
  const head = Buffer.alloc(32);
  head.write("DKIF");
  head.writeUInt16LE(32, 6);
  head.write("VP80", 8);
  head.writeUInt16LE(width, 12);
  head.writeUInt16LE(height, 14);
  head.writeUInt32LE(RATE, 16);
  head.writeUInt32LE(1, 20);
  head.writeUInt32LE(pictures.length, 24);
  const framed = pictures.flatMap((picture, number) => {
    const lead = Buffer.alloc(12);
    lead.writeUInt32LE(picture.length);
    lead.writeBigUInt64LE(BigInt(number), 4);
    return [lead, picture];
  });
  return Buffer.concat([head, ...framed]);
}

function tags() {
  const vendor = "roundtable";
  const comment = Buffer.alloc(16 + vendor.length);
  comment.write("OpusTags");
  comment.writeUInt32LE(vendor.length, 8);
  comment.write(vendor, 12);
  return comment;
}

/**
 * One page a packet, as the first two have to have one (RFC 7845 section 3).
 * @param {Buffer[]} packets
 */
function ogg(packets) {
  return Buffer.concat(packets.map((packet, number) => {
    const lengths = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
    const head = Buffer.alloc(27 + lengths.length);
    head.write("OggS");
    head.writeUInt8((number === 0 ? 2 : 0) | (number === packets.length - 1 ? 4 : 0), 5);
    head.writeBigUInt64LE(BigInt(Math.max(0, number - 1) * 960), 6);
    head.writeUInt32LE(1, 14);
    head.writeUInt32LE(number, 18);
    head.writeUInt8(lengths.length, 26);
    lengths.forEach((length, at) => head.writeUInt8(length, 27 + at));
    const page = Buffer.concat([head, packet]);
    page.writeUInt32LE(checksum(page), 22);
    return page;
  }));
}

/** @param {Buffer} page */
function checksum(page) {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
