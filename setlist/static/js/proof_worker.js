// Finds the number that makes SHA-256 of `challenge:number` begin with enough zero bits. An own SHA-256: the
// browser's would be asked, and waited for, a hundred thousand times, and is not there without https.
"use strict";

const K = new Int32Array(64);
const START = new Int32Array(8);

// The first 32 bits of the fractions of cube roots and square roots of the first primes.
(() => {
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  let found = 0;
  for (let n = 2; found < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(n));
    K[found] = fraction(Math.cbrt(n));
    found += 1;
  }
})();

const words = new Int32Array(64);

function digestBlock(state, bytes, offset) {
  for (let i = 0; i < 16; i += 1) {
    const at = offset + 4 * i;
    words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const more = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) state[i] += more[i];
}

// The length is all ASCII; what is the same for every number is digested once.
function solve(challenge, bits) {
  const prefix = new TextEncoder().encode(`${challenge}:`);
  const whole = prefix.length - (prefix.length % 64);
  const middle = START.slice();
  for (let at = 0; at < whole; at += 64) digestBlock(middle, prefix, at);
  const rest = prefix.subarray(whole);
  const block = new Uint8Array(128);
  const state = new Int32Array(8);
  for (let number = 0; ; number += 1) {
    const digits = String(number);
    block.fill(0);
    block.set(rest);
    for (let i = 0; i < digits.length; i += 1) block[rest.length + i] = digits.charCodeAt(i);
    const used = rest.length + digits.length;
    block[used] = 0x80;
    const size = used + 9 <= 64 ? 64 : 128;
    new DataView(block.buffer).setUint32(size - 4, 8 * (whole + used));
    state.set(middle);
    for (let at = 0; at < size; at += 64) digestBlock(state, block, at);
    if (state[0] >>> (32 - bits) === 0) return digits;
  }
}

self.onmessage = ({ data }) => self.postMessage(solve(data, Number(data.split(".")[1])));
