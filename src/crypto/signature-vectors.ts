/**
 * Eight signatures that tell the strict rule from every other rule we know of; run at each start.
 * It must never hold more: the public vector sets are for tests. Two are from C2SP/CCTV.
 */

export interface PinnedSignature {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

export const PINNED_SIGNATURES: readonly PinnedSignature[] = [
  {
    name: 'RFC 8032, test 2',
    publicKey: '0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '0x72',
    signature: joined(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da',
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ),
    valid: true,
  },
  {
    name: 'S + L in place of S',
    publicKey: '0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '0x72',
    signature: joined(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da',
      'f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10',
    ),
    valid: false,
  },
  {
    name: 'another message',
    publicKey: '0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '0x73',
    signature: joined(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da',
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ),
    valid: false,
  },
  {
    name: 'the identity as key and R',
    publicKey: '0x0100000000000000000000000000000000000000000000000000000000000000',
    message: '0x72',
    signature: joined(
      '0100000000000000000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000000',
    ),
    valid: false,
  },
  {
    name: 'the identity as y = p + 1',
    publicKey: '0xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    message: '0x72',
    signature: joined(
      '0100000000000000000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000000',
    ),
    valid: false,
  },
  {
    name: 'a key and R with a part of small order that cancels',
    publicKey: '0x10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f',
    message: '0x65643235353139766563746f7273',
    signature: joined(
      '36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b',
      'bbfd00bd9c259d8d222d15e67a3d8228585050dbb9b9585be20d8fadc721da03',
    ),
    valid: true,
  },
  {
    name: 'a key with a part of small order that does not cancel',
    publicKey: '0x10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f',
    message: '0x65643235353139766563746f7273203130',
    signature: joined(
      '36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b',
      'c02e2b9e63e385c058bf62b14b3a2b29ccefe8e38ddb536bc3f9865320a3d801',
    ),
    valid: false,
  },
  {
    name: 'R of small order',
    publicKey: '0x10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f',
    message: '0x65643235353139766563746f72732033',
    signature: joined(
      '0000000000000000000000000000000000000000000000000000000000000000',
      '9472a69cd9a701a50d130ed52189e2455b23767db52cacb8716fb896ffeeac09',
    ),
    valid: false,
  },
];

function joined(r: string, s: string): string {
  return `0x${r}${s}`;
}
