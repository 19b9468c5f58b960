/**
 * The conditions of a table as chips, and the small form that adds one. `f` opens it.
 * It must never hold them: the page's address does.
 */

import { Button, Popover, Select, TextInput } from '@mantine/core';
import { IconFilterPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ColumnView, FilterOperator, RowFilter } from 'tallystick/client';
import { isTyping } from '../../design/keys.ts';
import { baseColumn, humanName } from '../value/words.ts';
import { filterWords, operatorsOf, operatorWord } from './filter.ts';
import classes from './table.module.css';

interface FiltersProps {
  readonly columns: readonly ColumnView[];
  readonly filters: readonly RowFilter[];
  onChange(filters: readonly RowFilter[]): void;
}

export function Filters({ columns, filters, onChange }: FiltersProps): ReactNode {
  const quick = columns.filter((column) => choicesOf(column) !== null).slice(0, 2);
  const isQuick = ({ column, operator }: RowFilter): boolean =>
    operator === 'eq' && quick.some(({ name }) => name === column);
  return (
    <div className={classes.filters}>
      {quick.map((column) => (
        <Choices
          key={column.name}
          column={column}
          value={filters.find((one) => isQuick(one) && one.column === column.name)?.value ?? null}
          onChange={(value) => {
            const rest = filters.filter((one) => !(isQuick(one) && one.column === column.name));
            const chosen = { column: column.name, operator: 'eq', value: value ?? '' } as const;
            onChange(value === null ? rest : [...rest, chosen]);
          }}
        />
      ))}
      {filters
        .filter((one) => !isQuick(one))
        .map((filter) => {
          const column = columns.find(({ name }) => name === filter.column);
          const says = filterWords(column, filter);
          return (
            <button
              key={says}
              type="button"
              className={classes.chip}
              aria-pressed="true"
              aria-label={`Remove the filter: ${says}`}
              onClick={() => onChange(filters.filter((one) => one !== filter))}
            >
              {says}
              <IconX size={13} aria-hidden="true" />
            </button>
          );
        })}
      <AddFilter columns={columns} onAdd={(filter) => onChange([...filters, filter])} />
    </div>
  );
}

/** Values of a column that are few: they are chips of their own. */
function choicesOf(column: ColumnView): readonly { value: string; label: string }[] | null {
  if (column.kind === 'bool') {
    return [
      { value: 'true', label: `${humanName(column.name)}: yes` },
      { value: 'false', label: `${humanName(column.name)}: no` },
    ];
  }
  const values = column.values ?? [];
  if (column.kind !== 'enum' || values.length > 6) return null;
  return values.map((value) => ({ value, label: value }));
}

interface ChoicesProps {
  readonly column: ColumnView;
  readonly value: string | null;
  onChange(value: string | null): void;
}

function Choices({ column, value, onChange }: ChoicesProps): ReactNode {
  return (
    <fieldset className={classes.choices} aria-label={humanName(column.name)}>
      {choicesOf(column)?.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={classes.chip}
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value === value ? null : choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}

interface AddFilterProps {
  readonly columns: readonly ColumnView[];
  onAdd(filter: RowFilter): void;
}

function AddFilter({ columns, onAdd }: AddFilterProps): ReactNode {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'f' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      width={300}
    >
      <Popover.Target>
        <button
          type="button"
          className={classes.chip}
          data-quiet
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconFilterPlus size={14} stroke={1.6} aria-hidden="true" /> Filter
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <FilterForm
          columns={columns}
          onAdd={(filter) => {
            onAdd(filter);
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function FilterForm({ columns, onAdd }: AddFilterProps): ReactNode {
  const [name, setName] = useState(columns[0]?.name ?? '');
  const column = columns.find((one) => one.name === name);
  const operators = column === undefined ? [] : operatorsOf(column);
  const [chosen, setChosen] = useState<FilterOperator>();
  const operator = operators.find((one) => one === chosen) ?? operators[0];
  const [value, setValue] = useState('');
  const isTime = column !== undefined && baseColumn(column).kind === 'time';
  return (
    <form
      className={classes.adding}
      onSubmit={(event) => {
        event.preventDefault();
        if (operator === undefined || value === '') return;
        const exact = isTime ? new Date(value).toISOString() : value;
        onAdd({ column: name, operator, value: exact });
      }}
    >
      <Select
        label="Column"
        data={columns.map((one) => ({ value: one.name, label: humanName(one.name) }))}
        value={name}
        allowDeselect={false}
        searchable
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => {
          setName(next ?? '');
          setValue('');
        }}
      />
      <Select
        label="Comparison"
        data={operators.map((one) => ({ value: one, label: operatorWord(column, one) }))}
        value={operator ?? null}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => setChosen(operators.find((one) => one === next))}
      />
      <ValueInput column={column} value={value} onChange={setValue} />
      <Button type="submit" variant="filled" disabled={value === ''}>
        Add filter
      </Button>
    </form>
  );
}

interface ValueInputProps {
  readonly column: ColumnView | undefined;
  readonly value: string;
  onChange(value: string): void;
}

function ValueInput({ column, value, onChange }: ValueInputProps): ReactNode {
  const choices = column === undefined ? null : choicesOf(column);
  if (choices !== null) {
    return (
      <Select
        label="Value"
        data={choices.map((one) => ({ ...one }))}
        value={value === '' ? null : value}
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  const isTime = column !== undefined && baseColumn(column).kind === 'time';
  return (
    <TextInput
      label="Value"
      value={value}
      autoComplete="off"
      data-autofocus
      {...(isTime ? { type: 'datetime-local', step: 1 } : {})}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
