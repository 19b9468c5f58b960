/**
 * The SQL editor: completion of tables and columns, colours, Ctrl+Enter to run. It lives in a
 * shadow root, where its styles are objects and not elements, as the page's policy asks.
 * It must never run a query by itself.
 */

import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { type ReactNode, useEffect, useRef } from 'react';
import type { SqlSchemaView } from 'tallystick/client';
import { faultField, showFault } from './fault.ts';
import { colours, look } from './look.ts';
import classes from './sql-editor.module.css';

interface SqlEditorProps {
  readonly value: string;
  readonly schema: SqlSchemaView | undefined;
  /** Where the last query was wrong. */
  readonly fault: { readonly from: number; readonly to: number } | null;
  onChange(value: string): void;
  onRun(): void;
}

export function SqlEditor({ value, schema, fault, onChange, onRun }: SqlEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const language = useRef(new Compartment());
  const told = useRef({ onChange, onRun });
  told.current = { onChange, onRun };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is told to it
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: extensionsOf(language.current, told.current, () => told.current),
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const schemaOf = Object.fromEntries(
      (schema?.tables ?? []).map(({ name, columns }) => [name, [...columns]]),
    );
    const configured = sql({ dialect: PostgreSQL, schema: schemaOf, upperCaseKeywords: false });
    view.current?.dispatch({ effects: language.current.reconfigure(configured) });
  }, [schema]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: showFault.of(fault) });
  }, [fault]);

  return <div ref={host} className={classes.host} data-typing data-testid="sql-editor" />;
}

type Told = Pick<SqlEditorProps, 'onChange' | 'onRun'>;

function extensionsOf(language: Compartment, _first: Told, told: () => Told) {
  return [
    keymap.of([
      {
        key: 'Mod-Enter',
        run: () => {
          told().onRun();
          return true;
        },
      },
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      // Tab indents inside the text; Escape, then Tab, leaves the editor.
      indentWithTab,
    ]),
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    placeholder('select … from …'),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'SQL query', tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) told().onChange(state.doc.toString());
    }),
    language.of(sql({ dialect: PostgreSQL })),
    syntaxHighlighting(colours),
    look,
    faultField,
  ];
}
