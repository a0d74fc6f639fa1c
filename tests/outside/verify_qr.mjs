// Reads {"key": PEM, "texts": [QR text, ...]} on standard input. For each text prints what
// @mosip/pixelpass unpacks and whether @auth0/cose finds the signature good.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import { Sign1 } from "@auth0/cose";

const require = createRequire(import.meta.url);
const pixelpass = require("@mosip/pixelpass");
const base45 = require("base45-web");

async function signatureIsGood(text, key) {
  try {
    const message = inflateSync(Buffer.from(base45.decode(text)));
    await Sign1.decode(message).verify(key, { algorithms: [-7] });
    return true;
  } catch {
    return false;
  }
}

function unpacked(text) {
  try {
    const message = JSON.parse(pixelpass.decode(text));
    const [header, , payload, signature] = message.value.map((part) => part.data ?? part);
    return { tag: message.tag, header, payload, signature };
  } catch {
    return null;
  }
}

const asked = JSON.parse(readFileSync(0, "utf-8"));
const key = createPublicKey(asked.key);
const answers = [];
for (const text of asked.texts) {
  answers.push({ good: await signatureIsGood(text, key), unpacked: unpacked(text) });
}
console.log(JSON.stringify(answers));
