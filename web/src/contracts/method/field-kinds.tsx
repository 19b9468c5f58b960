/**
 * Inputs that know more than text: a time in this browser's zone, an address among the members, a
 * row of another table. It must never refuse a row that is not there: the contract does.
 */

import { Autocomplete, Button, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ColumnView, RowView } from 'tallystick/client';
import { formatUtc, shorten } from '../../design/text/format.ts';
import { Identicon } from '../../design/text/identicon.tsx';
import { useMembers } from '../../session/queries.ts';
import { useMe, useNode } from '../../session/session.tsx';
import { useContract } from '../use-contract.ts';
import { baseColumn, isNumeric, valueText } from '../value/words.ts';
import type { FieldProps, InputProps } from './field-props.ts';
import classes from './method.module.css';
import { localMinute } from './use-form.ts';

const FOUND_MAX = 8;
/** A list short enough to stand without scrolling, that opens when one types. */
const LIST = {
  size: 'xs',
  openOnFocus: false,
  limit: FOUND_MAX,
  withScrollArea: false,
  maxDropdownHeight: 400,
  comboboxProps: { withinPortal: false },
} as const;

type KindProps = FieldProps & { readonly input: InputProps };

export function TimeField({ input, field, onChange }: KindProps): ReactNode {
  const utc = typeof field.value === 'number' ? formatUtc(field.value) : 'No time yet';
  return (
    <div className={classes.time}>
      <Tooltip label={utc}>
        <TextInput
          {...input}
          type="datetime-local"
          step={1}
          className={classes.grow ?? ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </Tooltip>
      <Button
        disabled={input.disabled}
        onClick={() => onChange(localMinute(Date.now()))}
        aria-label={`Now, for ${field.column.name}`}
      >
        Now
      </Button>
    </div>
  );
}

export function AddressField({ input, field, onChange }: KindProps): ReactNode {
  const me = useMe();
  const members = useMembers().data ?? [];
  const names = new Map(members.map(({ address, name }) => [address, name]));
  names.set(me.address, names.get(me.address) ?? me.name);
  const isAddress = /^0x[0-9a-f]{40}$/.test(field.raw);
  return (
    <Autocomplete
      {...input}
      {...LIST}
      spellCheck={false}
      placeholder="0x… or a name"
      classNames={{ input: classes.mono ?? '' }}
      leftSection={isAddress ? <Identicon address={field.raw} size={18} /> : undefined}
      data={[...names.keys()]}
      filter={({ options, search }) =>
        options.filter((option) => {
          const value = 'value' in option ? option.value : '';
          return `${value} ${names.get(value) ?? ''}`.toLowerCase().includes(search.toLowerCase());
        })
      }
      renderOption={({ option }) => (
        <span className={classes.option}>
          <Identicon address={option.value} size={18} />
          <span>
            {option.value === me.address
              ? `${names.get(option.value)} (you)`
              : names.get(option.value)}
          </span>
          <code className={classes.rest}>{shorten(option.value, 6, 6)}</code>
        </span>
      )}
      onChange={(value) => onChange(value.trim())}
    />
  );
}

/** Searches the key of the table that the column refers to, as one types. */
export function ReferenceField({ input, field, contract, onChange }: KindProps): ReactNode {
  const { column, raw } = field;
  const table = column.references?.table ?? '';
  const view = useContract(contract).contract?.tables.find(({ name }) => name === table);
  const key = view?.key[0];
  const found = useFound(contract, table, key, column, raw);
  const rows = new Map((found ?? []).map((row) => [valueText(undefined, row.row[key ?? '']), row]));
  const chosen = rows.get(raw);
  const isMissing = raw !== '' && found !== undefined && chosen === undefined;
  return (
    <>
      <Autocomplete
        {...input}
        {...LIST}
        spellCheck={false}
        placeholder={`Search ${table}`}
        data={[...rows.keys()]}
        filter={({ options }) => options}
        renderOption={({ option }) => (
          <span className={classes.option}>
            <span>{shorten(option.value, 8, 6)}</span>
            <span className={classes.rest}>
              {summaryOf(view?.columns, key, rows.get(option.value))}
            </span>
          </span>
        )}
        onChange={onChange}
      />
      {chosen === undefined ? null : (
        <p className={classes.found}>{summaryOf(view?.columns, key, chosen)}</p>
      )}
      {isMissing && found.length === 0 ? (
        <p className={classes.unknown}>
          No row of {table} has this key now: the contract will say whether it must be there.
        </p>
      ) : null}
    </>
  );
}

function useFound(
  contract: string,
  table: string,
  key: string | undefined,
  column: ColumnView,
  raw: string,
): readonly RowView[] | undefined {
  const node = useNode();
  const [typed] = useDebouncedValue(raw.trim(), 150);
  const operator = isNumeric(column) || baseColumn(column).kind === 'bool' ? 'eq' : 'has';
  return useQuery<readonly RowView[]>({
    queryKey: ['reference', contract, table, typed],
    enabled: key !== undefined && !(operator === 'eq' && typed === ''),
    placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      const where = typed === '' ? [] : [{ column: key ?? '', operator, value: typed } as const];
      return (await node.rows(contract, table, { where, limit: FOUND_MAX, signal })).items;
    },
  }).data;
}

/** The first columns besides the key, on one line. */
function summaryOf(
  columns: readonly ColumnView[] | undefined,
  key: string | undefined,
  row: RowView | undefined,
): string {
  if (columns === undefined || row === undefined) return '';
  return columns
    .filter(({ name }) => name !== key && row.row[name] !== null)
    .slice(0, 3)
    .map((column) => `${column.name} ${shorten(valueText(column, row.row[column.name]), 6, 4)}`)
    .join(' · ');
}
