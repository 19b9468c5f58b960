/**
 * Opens a row by its key, whether it is there or not: where it is not, its absence is proved.
 * It must never search: the filters do.
 */

import { TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { encodeField, isRefusal, type Json, type TableView } from 'tallystick/client';
import { baseColumn } from '../value/words.ts';
import classes from './table.module.css';

interface FindByKeyProps {
  readonly table: TableView;
  /** With the JSON of the key. */
  onFind(key: string): void;
}

export function FindByKey({ table, onFind }: FindByKeyProps): ReactNode {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const names = table.key.join(', ');
  return (
    <form
      className={classes.find}
      onSubmit={(event) => {
        event.preventDefault();
        const key = keyOf(table, text);
        if (key === null) setError(`A key is ${names}`);
        else onFind(key);
      }}
    >
      <TextInput
        aria-label={`Open the row with the key ${names}`}
        placeholder={`Key: ${names}`}
        leftSection={<IconKey size={14} stroke={1.6} />}
        value={text}
        error={error}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setError(null);
        }}
      />
    </form>
  );
}

/** The JSON of what was typed; parts of a key are separated by commas. Null for no key. */
function keyOf(table: TableView, text: string): string | null {
  const parts = table.key.length === 1 ? [text.trim()] : text.split(',').map((one) => one.trim());
  if (parts.length !== table.key.length) return null;
  const values = table.key.map((name, at) => partOf(table, name, parts[at] ?? ''));
  if (values.some((value) => value === null)) return null;
  return JSON.stringify(values.length === 1 ? values[0] : values);
}

function partOf(table: TableView, name: string, text: string): Json {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || text === '') return null;
  const { kind } = baseColumn(column);
  const json =
    kind === 'uint' || kind === 'int' ? Number(text) : kind === 'bool' ? text === 'true' : text;
  try {
    encodeField(column, json);
    return json;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
