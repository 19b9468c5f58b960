/** How the editor looks: the page's own colours and type. It must never name a colour itself. */

import { defaultHighlightStyle, HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';

/** The library's colours, which are for white paper only, and ours in their place. */
const OURS: Readonly<Record<string, string>> = {
  '#708': 'var(--sql-keyword)',
  '#a11': 'var(--sql-text)',
  '#e40': 'var(--sql-text)',
  '#164': 'var(--sql-number)',
  '#219': 'var(--sql-number)',
  '#085': 'var(--sql-function)',
  '#256': 'var(--sql-function)',
  '#940': 'var(--muted)',
  '#f00': 'var(--refused)',
};

export const colours: HighlightStyle = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => ({
    ...spec,
    ...(typeof spec.color === 'string' ? { color: OURS[spec.color] ?? 'var(--ink)' } : {}),
  })),
);

export const look = EditorView.theme({
  '&': { color: 'var(--ink)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', maxHeight: '420px' },
  '.cm-content': { padding: '10px 0', minHeight: '108px', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 14px 0 6px' },
  '.cm-gutters': { background: 'none', border: '0', color: 'var(--muted)', paddingLeft: '6px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--sql-selection)',
  },
  '.cm-selectionBackground': { background: 'var(--line)' },
  '.cm-matchingBracket': { background: 'var(--line)', color: 'inherit' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-fault': {
    textDecoration: 'underline wavy var(--refused)',
    textUnderlineOffset: '4px',
    background: 'var(--refused-tint)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: '7px',
    background: 'var(--surface)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12.5px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 12px 3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--line-soft)',
    color: 'var(--ink)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
});
