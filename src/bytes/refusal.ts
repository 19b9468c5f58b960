/**
 * Refusal: the one error class of Tallystick, a coded answer to input that cannot be accepted.
 * It must never know what a ledger, a file or a socket is. An impossible state is not a refusal:
 * use `assert`, which stops the process's work and sends it through recovery.
 */

/** Every code a refusal can carry. `docs/errors.md` says of each what to do next. */
export type RefusalCode =
  // bytes
  | 'ENCODING_INVALID'
  | 'ENCODING_TOO_LARGE'
  | 'HEX_INVALID'
  // transactions
  | 'CHAIN_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'TRANSACTION_DUPLICATE'
  | 'TRANSACTION_EXPIRED'
  | 'TRANSACTION_FAILED'
  | 'TRANSACTION_INVALID'
  | 'TRANSACTION_TOO_LARGE'
  // contracts
  | 'ARGUMENT_INVALID'
  | 'CONTRACT_INVALID'
  | 'CONTRACT_MISMATCH'
  | 'CONTRACT_UNKNOWN'
  | 'METHOD_UNKNOWN'
  | 'TABLE_UNKNOWN'
  // proofs
  | 'BUNDLE_INVALID'
  | 'CHECKPOINT_INVALID'
  // folders
  | 'DISK_FULL'
  | 'FOLDER_EXISTS'
  | 'FOLDER_MISSING'
  | 'FORMAT_NEWER'
  | 'KEY_INVALID'
  | 'LEDGER_CLOSED'
  | 'LEDGER_LOCKED'
  | 'LEDGER_READ_ONLY'
  | 'NOT_FOUND'
  | 'OVERLOADED'
  | 'STORAGE_DAMAGED'
  | 'STORAGE_FAILED'
  // a node and its clients
  | 'ACCESS_DENIED'
  | 'CHALLENGE_INVALID'
  | 'HOST_REFUSED'
  | 'INTERNAL'
  | 'INVITE_INVALID'
  | 'MEDIA_TYPE_UNSUPPORTED'
  | 'METHOD_NOT_ALLOWED'
  | 'ORIGIN_REFUSED'
  | 'PROOF_INVALID'
  | 'RATE_LIMITED'
  | 'REQUEST_INVALID'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_TOO_LARGE'
  | 'SERVER_INVALID'
  | 'SERVER_UNREACHABLE'
  | 'SIGN_IN_REQUIRED'
  // reports and the command line
  | 'CONFIG_INVALID'
  | 'IMPORT_INVALID'
  | 'REPORT_INVALID'
  | 'SQL_DAMAGED'
  | 'SQL_INVALID'
  | 'SQL_MISMATCH'
  | 'SQL_TIMEOUT'
  | 'SQL_UNAVAILABLE'
  | 'USAGE';

export type RefusalData = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** A refusal: `code` for programs, `message` for people, `next` what to do about it. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly data: RefusalData;
  readonly next: string | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    detail: { data?: RefusalData; next?: string; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Refusal';
    this.code = code;
    this.data = detail.data ?? {};
    this.next = detail.next;
  }
}

/** True for a refusal with this code (or any refusal, when no code is named). */
export function isRefusal(error: unknown, code?: RefusalCode): error is Refusal {
  return error instanceof Refusal && (code === undefined || error.code === code);
}
