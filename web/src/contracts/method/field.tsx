/**
 * One argument's input, made from its column: its kind, its bounds, what may be left out.
 * It must never change what is typed; what is wrong with it is said below it.
 */

import { SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatUtc } from '../../design/text/format.ts';
import { baseColumn, columnWords, humanName } from '../value/words.ts';
import { AddressField, ReferenceField, TimeField } from './field-kinds.tsx';
import type { FieldProps, InputProps } from './field-props.ts';
import classes from './method.module.css';
import { type FieldState, TIME_ZONE } from './use-form.ts';

const SEGMENTS_MAX = 4;
const LONG_TEXT = 200;

export function Field(props: FieldProps): ReactNode {
  const { column, raw, error } = props.field;
  const id = `argument-${column.name}`;
  const input: InputProps = {
    ...{ id, value: raw, error, disabled: props.disabled, onBlur: props.onLeave },
    ...{ autoComplete: 'off', 'aria-describedby': `${id}-takes` },
    'data-autofocus': props.isFirst || undefined,
  };
  return (
    <div className={classes.field} data-wrong={error !== null || undefined}>
      <div className={classes.label}>
        <label htmlFor={id} id={`${id}-label`}>
          {humanName(column.name)}
        </label>
        {column.optional ? <span className={classes.optional}>optional</span> : null}
      </div>
      <Input {...props} input={input} />
      {error === null ? (
        <p className={classes.takes} id={`${id}-takes`}>
          {takes(props.field)}
        </p>
      ) : null}
    </div>
  );
}

function takes({ column, value }: FieldState): string {
  if (baseColumn(column).kind === 'time') {
    return `${TIME_ZONE} · ${typeof value === 'number' ? formatUtc(value) : 'no time yet'}`;
  }
  const { kind, values } = baseColumn(column);
  // Choices that stand side by side say it themselves.
  if (kind === 'bool' || (kind === 'enum' && (values ?? []).length <= SEGMENTS_MAX)) return '';
  const table = column.references === null ? '' : `row of ${column.references.table}: `;
  return `${table}${columnWords(column)}`;
}

function Input(props: FieldProps & { readonly input: InputProps }): ReactNode {
  const { input, field, onChange } = props;
  const { column } = field;
  if (column.references !== null) return <ReferenceField {...props} input={input} />;
  const { kind, max, scale } = baseColumn(column);
  switch (kind) {
    case 'time':
      return <TimeField {...props} input={input} />;
    case 'address':
      return <AddressField {...props} input={input} />;
    case 'bool':
      return <Choice {...props} input={input} options={BOOLEANS} />;
    case 'enum': {
      const options = (column.values ?? []).map((value) => ({ value, label: value }));
      return <Choice {...props} input={input} options={options} />;
    }
    case 'uint':
    case 'int':
      return <NumberText {...props} input={input} mode="numeric" placeholder="0" />;
    case 'money':
    case 'decimal': {
      const example = scale === null || scale === 0 ? '0' : `0.${'0'.repeat(scale)}`;
      return <NumberText {...props} input={input} mode="decimal" placeholder={example} />;
    }
    case 'bytes':
      return (
        <Textarea
          {...input}
          autosize
          minRows={1}
          maxRows={6}
          spellCheck={false}
          placeholder="0x…"
          classNames={{ input: classes.mono ?? '' }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return Number(max ?? 0) > LONG_TEXT ? (
        <Textarea
          {...input}
          autosize
          minRows={1}
          maxRows={8}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <TextInput {...input} onChange={(event) => onChange(event.currentTarget.value)} />
      );
  }
}

const BOOLEANS = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];

interface NumberTextProps extends FieldProps {
  readonly input: InputProps;
  readonly mode: 'numeric' | 'decimal';
  readonly placeholder: string;
}

/** Digits as text: a number field of the browser would round, and take `1e3`. */
function NumberText({ input, onChange, mode, placeholder }: NumberTextProps): ReactNode {
  return (
    <TextInput
      {...input}
      inputMode={mode}
      placeholder={placeholder}
      classNames={{ input: classes.digits ?? '' }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps extends FieldProps {
  readonly input: InputProps;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

function Choice({ input, field, options, onChange, onLeave }: ChoiceProps): ReactNode {
  const { optional } = field.column;
  if (options.length > SEGMENTS_MAX) {
    return (
      <Select
        {...input}
        value={input.value === '' ? null : input.value}
        data={[...options]}
        clearable={optional}
        searchable
        placeholder="Choose"
        onChange={(value) => onChange(value ?? '')}
      />
    );
  }
  const data = optional ? [{ value: '', label: 'not given' }, ...options] : [...options];
  return (
    <>
      <SegmentedControl
        id={input.id}
        aria-labelledby={`${input.id}-label`}
        value={input.value}
        disabled={input.disabled}
        data={data}
        transitionDuration={80}
        onChange={(value) => {
          onChange(value);
          onLeave();
        }}
      />
      {input.error === null ? null : <p className={classes.fault}>{input.error}</p>}
    </>
  );
}
