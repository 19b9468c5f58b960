/**
 * Where a proof comes in: dropped anywhere on it, chosen, or pasted. It must never send it on.
 */

import { Button, Textarea } from '@mantine/core';
import { IconClipboard, IconFileUpload } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { formatBytes } from '../design/text/format.ts';
import classes from './checker.module.css';
import { bundleOfBytes, bundleOfText } from './read-input.ts';

export interface Given {
  readonly name: string;
  readonly bundle: Uint8Array;
}

interface IntakeProps {
  readonly given: Given | null;
  onGiven(given: Given): void;
  onError(error: unknown): void;
}

export function Intake({ given, onGiven, onError }: IntakeProps): ReactNode {
  const [over, setOver] = useState(false);
  const [pasting, setPasting] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const take = async (file: File): Promise<void> => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      onGiven({ name: file.name, bundle: bundleOfBytes(bytes) });
    } catch (error) {
      onError(error);
    }
  };
  const dropped = useRef(take);
  dropped.current = take;
  useDropAnywhere(setOver, (file) => void dropped.current(file));
  return (
    <section
      className={classes.intake}
      data-over={over || undefined}
      data-small={given !== null || undefined}
      aria-label="The proof to check"
    >
      <IconFileUpload size={given === null ? 26 : 20} stroke={1.4} aria-hidden="true" />
      <div className={classes.words}>
        {given === null ? (
          <>
            <b>Drop a proof here</b>
            <p>A file that ends in .tally-proof. It is checked in this browser and goes nowhere.</p>
          </>
        ) : (
          <>
            <b>{given.name}</b>
            <p>{formatBytes(given.bundle.length)}. Drop another one to check it.</p>
          </>
        )}
      </div>
      <div className={classes.buttons}>
        <Button
          variant={given === null ? 'filled' : 'default'}
          onClick={() => chooser.current?.click()}
        >
          Choose a file
        </Button>
        <Button
          leftSection={<IconClipboard size={14} />}
          aria-expanded={pasting}
          onClick={() => setPasting(!pasting)}
        >
          Paste
        </Button>
      </div>
      <input
        ref={chooser}
        type="file"
        hidden
        data-testid="proof-file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) void take(file);
          event.currentTarget.value = '';
        }}
      />
      {pasting ? (
        <Paste onGiven={onGiven} onError={onError} onDone={() => setPasting(false)} />
      ) : null}
    </section>
  );
}

/** The whole page takes a file, so that a near miss does not open it instead of the page. */
function useDropAnywhere(setOver: (over: boolean) => void, onFile: (file: File) => void): void {
  const told = useRef({ setOver, onFile });
  told.current = { setOver, onFile };
  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      event.preventDefault();
      told.current.setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) told.current.setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      told.current.setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) told.current.onFile(file);
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, []);
}

interface PasteProps extends Pick<IntakeProps, 'onGiven' | 'onError'> {
  onDone(): void;
}

function Paste({ onGiven, onError, onDone }: PasteProps): ReactNode {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <form
      className={classes.paste}
      onSubmit={(event) => {
        event.preventDefault();
        try {
          const bundle = bundleOfText(text);
          if (bundle === null) {
            setWrong('Hexadecimal digits, or the JSON of a proof');
            return;
          }
          onGiven({ name: 'Pasted text', bundle });
          onDone();
        } catch (error) {
          onError(error);
        }
      }}
    >
      <Textarea
        aria-label="Hexadecimal digits, or the JSON of a proof"
        placeholder="0x87…"
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        data-autofocus
        classNames={{ input: classes.mono ?? '' }}
        value={text}
        error={wrong}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(null);
        }}
      />
      <Button type="submit" variant="filled">
        Check it
      </Button>
    </form>
  );
}
