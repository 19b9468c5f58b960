/**
 * The proof checker as one file that needs no server and no network: it can be sent along with a
 * proof and opened from a disk. It must never reach a node, nor keep anything.
 */

import './fonts.css';
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/ActionIcon.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/Radio.css';
import '@mantine/core/styles/Skeleton.css';
import '@mantine/core/styles/Tooltip.css';
import 'virtual:theme.css';
import '../../design/tokens.css';
import '../../design/base.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Mark } from '../../app/logo.tsx';
import { theme } from '../../design/theme.ts';
import { Checker } from '../checker.tsx';
import classes from './standalone.module.css';

const root = document.getElementById('root');
if (root === null) throw new Error('assertion: the page has no root');

/** Follows the system's colours; a file has nowhere to keep a choice. */
const FORGETFUL = {
  get: (otherwise: 'light' | 'dark' | 'auto') => otherwise,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={FORGETFUL}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <header className={classes.bar}>
        <Mark />
        <span>Tallystick</span>
      </header>
      <main className={classes.main}>
        <header className={classes.head}>
          <h1>Proof checker</h1>
          <p>One file, which asks nobody: what you drop here does not leave this page.</p>
        </header>
        <Checker known={null} />
      </main>
    </MantineProvider>
  </StrictMode>,
);
