import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/bytes/refusal.ts';
import type { SignedTransaction } from '../../../src/ledger/transaction.ts';
import { CheckedSignatures } from '../../../src/node/mempool/checked-signatures.ts';

function signed(id: number, signature: number): SignedTransaction {
  const bytes = { id: new Uint8Array(32).fill(id), signature: new Uint8Array(64).fill(signature) };
  return { ...bytes, from: new Uint8Array(32) } as unknown as SignedTransaction;
}

/** Counts what is asked; signature 1 is right. */
function counting(keptMax?: number): { checked: CheckedSignatures; asked: number[] } {
  const asked: number[] = [];
  const verify = async ({ id, signature }: SignedTransaction): Promise<boolean> => {
    asked.push(id[0] ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
    return signature[0] === 1;
  };
  return { checked: new CheckedSignatures({ verify }, keptMax), asked };
}

describe('signatures that were checked', () => {
  test('MP4: one is checked once, while it is being checked and after', async () => {
    const { checked, asked } = counting();
    const both = [checked.verify(signed(1, 1)), checked.verify(signed(1, 1))];
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(await checked.verify(signed(1, 1))).toBe(true);
    expect(asked).toEqual([1]);
  });

  test('MP4: another signature on the same transaction has its own verdict', async () => {
    const { checked } = counting();
    const wrong = checked.verify(signed(1, 9));
    expect(await checked.verify(signed(1, 1))).toBe(true);
    expect(await wrong).toBe(false);
    expect(await checked.verify(signed(1, 9))).toBe(false);
  });

  test('MP4: the oldest verdicts are forgotten, so that memory is bounded', async () => {
    const { checked, asked } = counting(3);
    for (const id of [1, 2, 3, 4]) await checked.verify(signed(id, 1));
    await checked.verify(signed(4, 1));
    await checked.verify(signed(2, 1));
    expect(asked).toEqual([1, 2, 3, 4]);
    await checked.verify(signed(1, 1));
    expect(asked).toEqual([1, 2, 3, 4, 1]);
  });

  test('MP4: a check that did not happen is no verdict', async () => {
    let isFull = true;
    const checked = new CheckedSignatures({
      async verify(): Promise<boolean> {
        if (isFull) throw new Refusal('OVERLOADED', 'full');
        return true;
      },
    });
    await expect(checked.verify(signed(1, 1))).rejects.toMatchObject({ code: 'OVERLOADED' });
    isFull = false;
    expect(await checked.verify(signed(1, 1))).toBe(true);
  });
});
