/**
 * A key from its encrypted file, into this browser. It must never keep the passphrase.
 */

import { Button, FileInput, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import classes from '../door/frame.module.css';
import { Problem } from '../door/problem.tsx';
import { useSession } from '../session.tsx';
import { type BrowserKey, importKey } from './browser-key.ts';
import { keepKeys, saveKey } from './key-store.ts';

export function ImportKey({ onImported }: { onImported(key: BrowserKey): void }): ReactNode {
  const { reloadKeys } = useSession();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const importing = useMutation({
    mutationFn: async (chosen: File) => {
      const name = chosen.name.replace(/(\.tally-key)?(\.json)?$/, '');
      const key = await importKey(name, await chosen.text(), passphrase);
      await saveKey(key);
      await keepKeys();
      await reloadKeys();
      return key;
    },
    onSuccess: (key) => {
      setFile(null);
      setPassphrase('');
      onImported(key);
    },
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) importing.mutate(file);
      }}
    >
      <FileInput
        size="xs"
        label="Key file"
        description="A back-up from this console, or a file of tally key"
        placeholder="Choose a file"
        value={file}
        onChange={setFile}
        clearable
      />
      {file === null ? null : (
        <PasswordInput
          label="Passphrase"
          autoComplete="off"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
      )}
      <Problem error={importing.error} />
      <div>
        <Button type="submit" disabled={file === null} loading={importing.isPending}>
          Import the key
        </Button>
      </div>
    </form>
  );
}
