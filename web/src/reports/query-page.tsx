/**
 * A query with its answer: a saved report, what was made of one, or a new one. All of it stands in
 * the address. It must never run what was typed before it is told to.
 */

import { Button, Kbd, TextInput } from '@mantine/core';
import { IconCode, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import type { ReportView } from 'tallystick/client';
import { Page } from '../app/page.tsx';
import { Card } from '../design/layout/layout.tsx';
import { describeError } from '../design/state/describe-error.ts';
import { formatCount } from '../design/text/format.ts';
import { useNode } from '../session/session.tsx';
import { Answer } from './answer.tsx';
import { faultOf, placeOf } from './editor/fault.ts';
import { SqlEditor } from './editor/sql-editor.tsx';
import { parametersOf } from './parameters.ts';
import classes from './reports.module.css';
import type { QuerySearch } from './search.ts';
import { ROWS_MAX, TIMEOUT_MS, type Typed, useAnswer, useReports } from './use-answer.ts';

export function QueryPage(): ReactNode {
  const search = useSearch({ from: '/pages/reports/query' });
  const reports = useReports().data;
  const report = reports?.find(({ name }) => name === search.report);
  const isWaiting = search.report !== undefined && search.sql === undefined && report === undefined;
  const title = report === undefined ? 'Query' : report.title;
  return (
    <Page
      title={title}
      sub={
        <>
          <Link to="/reports">Reports</Link>
          {report !== undefined && search.sql !== undefined ? <span>· changed</span> : null}
        </>
      }
    >
      {report === undefined ? null : <p className={classes.about}>{report.description}</p>}
      {isWaiting && reports === undefined ? null : (
        <Query key={search.report ?? ''} search={search} report={report} />
      )}
    </Page>
  );
}

interface QueryProps {
  readonly search: QuerySearch;
  readonly report: ReportView | undefined;
}

function Query({ search, report }: QueryProps): ReactNode {
  const navigate = useNavigate();
  const saved = search.sql ?? report?.query ?? '';
  const [rowsMax, setRowsMax] = useState(ROWS_MAX);
  const running = search.with ?? NO_VALUES;
  const asked = useMemo(() => {
    const parameters = parametersOf(saved, report);
    return saved.trim() === '' ? null : { query: saved, parameters, typed: running, rowsMax };
  }, [saved, report, running, rowsMax]);
  const result = useAnswer(asked);
  const run = (text: string, typed: Typed): void => {
    setRowsMax(ROWS_MAX);
    const isSame = text === saved && JSON.stringify(typed) === JSON.stringify(running);
    if (isSame) void result.refetch();
    const { sql: _, with: __, ...rest } = search;
    const sql = text === report?.query ? {} : { sql: text };
    const values = Object.keys(typed).length === 0 ? {} : { with: typed };
    void navigate({ to: '/reports/query', search: { ...rest, ...sql, ...values } });
  };
  return (
    <>
      <Card>
        <Asking
          key={saved}
          saved={saved}
          running={running}
          report={report}
          isSaved={search.sql === undefined}
          error={result.error}
          isBusy={result.isFetching}
          rowsMax={rowsMax}
          onRun={run}
        />
      </Card>
      {result.data === undefined || result.error !== null ? null : (
        <Answer
          answered={result.data}
          report={report}
          search={search}
          rowsMax={rowsMax}
          onChange={(changed) => {
            void navigate({
              to: '/reports/query',
              search: { ...search, ...changed },
              replace: true,
            });
          }}
          onRowsMax={setRowsMax}
        />
      )}
    </>
  );
}

interface AskingProps {
  /** What was asked last. */
  readonly saved: string;
  readonly running: Typed;
  readonly report: ReportView | undefined;
  readonly isSaved: boolean;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly rowsMax: number;
  onRun(text: string, typed: Typed): void;
}

/** The query as it is being written; nothing runs before it is told to. */
function Asking(props: AskingProps): ReactNode {
  const { saved, running, report, isSaved, error, isBusy, rowsMax, onRun } = props;
  const [text, setText] = useState(saved);
  const [typed, setTyped] = useState(running);
  const [isOpen, setIsOpen] = useState(report === undefined || !isSaved);
  const isWrong = error !== null && text === saved;
  const fault = useMemo(() => (isWrong ? faultOf(saved, error) : null), [isWrong, saved, error]);
  const schema = useSchema();
  const run = (): void => onRun(text, typed);
  return (
    <div className={classes.query}>
      {isOpen ? (
        <SqlEditor value={text} schema={schema} fault={fault} onChange={setText} onRun={run} />
      ) : null}
      <Parameters
        parameters={parametersOf(text, report)}
        typed={typed}
        onChange={setTyped}
        onRun={run}
      />
      {isWrong ? (
        <Wrong error={error} place={fault === null ? null : placeOf(saved, fault)} />
      ) : null}
      <div className={classes.run}>
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay size={14} />}
          loading={isBusy}
          disabled={text.trim() === ''}
          onClick={run}
        >
          Run
        </Button>
        {isOpen ? (
          <span>
            <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>
          </span>
        ) : (
          <Button leftSection={<IconCode size={14} />} onClick={() => setIsOpen(true)}>
            Show the query
          </Button>
        )}
        <span>
          Reads only · at most {TIMEOUT_MS / 1000} s · {formatCount(rowsMax)} rows
        </span>
      </div>
    </div>
  );
}

const NO_VALUES: Typed = {};

function useSchema() {
  const node = useNode();
  return useQuery({
    queryKey: ['sql-schema'],
    queryFn: ({ signal }) => node.sqlSchema({ signal }),
    staleTime: 60_000,
  }).data;
}

function Wrong({ error, place }: { error: unknown; place: string | null }): ReactNode {
  const { title, code, next } = describeError(error);
  return (
    <p className={classes.wrong} role="alert">
      {place === null ? null : <b>{place}: </b>}
      {title} {next === null ? null : next} <code>{code}</code>
    </p>
  );
}

interface ParametersProps {
  readonly parameters: ReportView['parameters'];
  readonly typed: Typed;
  onChange(typed: Typed): void;
  onRun(): void;
}

function Parameters({ parameters, typed, onChange, onRun }: ParametersProps): ReactNode {
  if (parameters.length === 0) return null;
  return (
    <form
      className={classes.parameters}
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      {parameters.map(({ name, format, default: otherwise }) => (
        <TextInput
          key={name}
          label={`:${name}`}
          description={format === 'any' ? undefined : format}
          value={typed[name] ?? ''}
          placeholder={otherwise ?? ''}
          autoComplete="off"
          onChange={(event) => {
            const { [name]: _, ...rest } = typed;
            const text = event.currentTarget.value;
            onChange(text === '' ? rest : { ...rest, [name]: text });
          }}
        />
      ))}
      <button type="submit" hidden />
    </form>
  );
}
