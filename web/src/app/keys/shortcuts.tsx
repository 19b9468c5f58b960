/**
 * The keyboard of the console: `/` and Ctrl K search, `g` and a letter goes, `?` helps.
 * It must never take a key from somebody who is typing.
 */

import { Kbd, Modal } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { isTyping } from '../../design/keys.ts';
import { PLACES } from '../navigation.ts';
import classes from './shortcuts.module.css';

/** After the page: nobody searches before there is something to see. */
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

const HELP = 'tallystick-help';
const CHORD_MS = 1200;

/** Opens the page of keys. */
export function showHelp(): void {
  document.dispatchEvent(new Event(HELP));
}

export function Shortcuts(): ReactNode {
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    let goAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const place = PLACES.find(({ letter }) => letter === event.key);
      if (event.timeStamp - goAt < CHORD_MS && place !== undefined) void navigate({ to: place.to });
      else if (event.key === '?') setHelp(true);
      else if (event.key === '/') spotlight.open();
      else if (event.key !== 'g') return;
      goAt = event.key === 'g' ? event.timeStamp : 0;
      event.preventDefault();
    };
    const onHelp = (): void => setHelp(true);
    document.addEventListener('keydown', onKey);
    document.addEventListener(HELP, onHelp);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener(HELP, onHelp);
    };
  }, [navigate]);
  return (
    <>
      <Suspense>
        <Palette />
      </Suspense>
      <Modal opened={help} onClose={() => setHelp(false)} title="Keys" size={460}>
        <Keys />
      </Modal>
    </>
  );
}

const GENERAL: readonly (readonly [readonly string[], string])[] = [
  [['/'], 'Search: a height, an id, an address, a place'],
  [['Ctrl', 'K'], 'The same, from anywhere'],
  [['j'], 'Next row'],
  [['k'], 'Row before'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close what is open'],
  [['?'], 'This'],
];

function Keys(): ReactNode {
  const places = PLACES.map(({ letter, name }) => [['g', letter], name] as const);
  return (
    <dl className={classes.keys}>
      {[...GENERAL, ...places].map(([keys, says]) => (
        <div key={says} className={classes.key}>
          <dt>
            {keys.map((key) => (
              <Kbd key={key} size="xs">
                {key}
              </Kbd>
            ))}
          </dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  );
}
