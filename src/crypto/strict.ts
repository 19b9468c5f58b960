/**
 * The strict pre-check of Ed25519: which keys and signatures may reach a verifier at all, so that
 * libsodium, OpenSSL and browsers cannot disagree. It must never know what was signed.
 */

/** The order L of the base point, little-endian. */
const ORDER: Uint8Array = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde],
  ...[0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
);

/** The y of two of the four points of order 8; the other two have the same y. */
const ORDER_8_FIRST: Uint8Array = Uint8Array.of(
  ...[0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98],
  ...[0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53],
  ...[0xfc, 0x05],
);
const ORDER_8_SECOND: Uint8Array = Uint8Array.of(
  ...[0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67],
  ...[0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac],
  ...[0x03, 0x7a],
);

/** Lengths right, A and R canonical and not of small order, S below the group order. */
export function isStrict(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === 32 &&
    signature.length === 64 &&
    isStrictPoint(publicKey) &&
    isStrictPoint(signature) &&
    isReducedScalar(signature)
  );
}

/**
 * The first 32 bytes as a point: y below p = 2^255 - 19, and y not that of a small-order point.
 * Both signs of x go with each such y, so "minus zero" (x = 0, y = 1 or -1) falls with them.
 */
function isStrictPoint(bytes: Uint8Array): boolean {
  switch (bytes[0]) {
    case 0x00:
    case 0x01:
      return !isFilled(bytes, 0x00, 0x00);
    case ORDER_8_FIRST[0]:
      return !isSameY(bytes, ORDER_8_FIRST);
    case ORDER_8_SECOND[0]:
      return !isSameY(bytes, ORDER_8_SECOND);
    default:
      // 0xec is y = p - 1, of order 2; 0xed and above are p and what lies beyond it.
      return (bytes[0] as number) < 0xec || !isFilled(bytes, 0xff, 0x7f);
  }
}

/** Bytes 1 to 30 are `middle` and the last, its sign bit aside, is `last`. */
function isFilled(bytes: Uint8Array, middle: number, last: number): boolean {
  if (((bytes[31] as number) & 0x7f) !== last) return false;
  for (let i = 1; i < 31; i++) if (bytes[i] !== middle) return false;
  return true;
}

function isSameY(bytes: Uint8Array, y: Uint8Array): boolean {
  if (((bytes[31] as number) & 0x7f) !== y[31]) return false;
  for (let i = 0; i < 31; i++) if (bytes[i] !== y[i]) return false;
  return true;
}

/** Bytes 32 to 63 as a little-endian number below L. */
function isReducedScalar(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] as number) - (ORDER[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
