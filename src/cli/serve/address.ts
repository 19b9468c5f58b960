/**
 * Where a command serves: address, port, host names and TLS, checked before anything is touched.
 * It must never open a port.
 */

import { readFileSync } from 'node:fs';
import { Refusal } from '../../bytes/refusal.ts';

export interface AddressOptions {
  readonly host: string;
  readonly port?: number;
  readonly name?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecure?: boolean;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  /** A port that somebody asked for is theirs or refused; else the next free one is taken. */
  readonly isPortGiven: boolean;
  readonly names: readonly string[];
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

export const PORT_DEFAULT = 8017;

/** Throws USAGE: TLS by halves, or an address that others reach in the clear. */
export function addressOf(options: AddressOptions): Address {
  const { host, port = PORT_DEFAULT, name: names = [], insecure = false } = options;
  const tls = tlsOf(options);
  if (tls === null && !insecure && !isLoopback(host)) throw inTheClear(host);
  return { host, port, isPortGiven: options.port !== undefined, names, tls };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function inTheClear(host: string): Refusal {
  const why = 'sign-in and data could be read on the way, and browsers keep keys only over https';
  return new Refusal('USAGE', `${host} is reached by others, and there is no TLS: ${why}`, {
    next: 'give --tls-cert and --tls-key; or --insecure, behind a proxy that has TLS',
  });
}

function tlsOf({ tlsCert, tlsKey }: AddressOptions): Address['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new Refusal('USAGE', 'TLS needs a certificate and its key', {
      next: 'give both --tls-cert and --tls-key, as PEM files',
    });
  }
  return { cert: readPem(tlsCert), key: readPem(tlsKey) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Refusal('USAGE', `${file} cannot be read`, { cause, next: 'check its path' });
  }
}
