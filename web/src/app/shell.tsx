/**
 * What stands around every page: the places to go at the side, who one is, the lines that say that
 * something is amiss. It must never know what a page shows.
 */

import { ActionIcon, Burger, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconKeyboard, IconLogout, IconSearch } from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { Identicon } from '../design/text/identicon.tsx';
import { useContracts } from '../session/queries.ts';
import { useMe, useSession } from '../session/session.tsx';
import { Banner } from './banner.tsx';
import { Shortcuts, showHelp } from './keys/shortcuts.tsx';
import { Logo } from './logo.tsx';
import { PLACES, type Place, SECTIONS } from './navigation.ts';
import { SchemeButton } from './scheme-button.tsx';
import classes from './shell.module.css';

export function Shell({ children }: { children: ReactNode }): ReactNode {
  const [open, setOpen] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: going anywhere closes the menu
  useEffect(() => setOpen(false), [path]);
  return (
    <div className={classes.app}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      {/* Not a header: a panel at the side has one, and a page has one banner at most. */}
      <section className={classes.bar} aria-label="Menu and search">
        <Burger size="sm" opened={open} onClick={() => setOpen(!open)} aria-label="Menu" />
        <Logo />
        <ActionIcon aria-label="Search" onClick={spotlight.open}>
          <IconSearch size={17} />
        </ActionIcon>
      </section>
      <nav className={classes.nav} aria-label="Console" data-open={open || undefined}>
        <div className={classes.brand}>
          <Logo />
          <SchemeButton />
        </div>
        <UnstyledButton className={classes.search} onClick={spotlight.open}>
          <IconSearch size={15} aria-hidden="true" />
          <span>Search</span>
          <Kbd size="xs">/</Kbd>
        </UnstyledButton>
        {SECTIONS.map((section) => (
          <Places key={section} section={section} />
        ))}
        <div className={classes.foot}>
          <Who />
        </div>
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Banner />
        {children}
      </main>
      <Shortcuts />
    </div>
  );
}

function Places({ section }: { section: string }): ReactNode {
  return (
    <div className={classes.section}>
      {section === 'Ledger' ? null : <div className={classes.heading}>{section}</div>}
      {PLACES.filter((place) => place.section === section).map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
    </div>
  );
}

function PlaceLink({ place }: { place: Place }): ReactNode {
  const { to, name, icon: Icon } = place;
  return (
    <Link
      to={to}
      className={classes.place}
      activeOptions={{ exact: to === '/' }}
      activeProps={{ 'aria-current': 'page' }}
    >
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span>{name}</span>
      {to === '/contracts' ? <ContractCount /> : null}
    </Link>
  );
}

function ContractCount(): ReactNode {
  const count = useContracts().data?.length;
  return count === undefined ? null : <span className={classes.count}>{count}</span>;
}

function Who(): ReactNode {
  const me = useMe();
  const { signOut } = useSession();
  return (
    <>
      <Link to="/identity" className={classes.who}>
        <Identicon address={me.address} size={26} />
        <span className={classes.whoWords}>
          <b>{me.name}</b>
          <span>{me.roles.join(', ') || 'no roles'}</span>
        </span>
      </Link>
      <Tooltip label="Keys (?)">
        <ActionIcon aria-label="Keys" onClick={showHelp}>
          <IconKeyboard size={17} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Sign out">
        <ActionIcon aria-label="Sign out" onClick={() => void signOut()}>
          <IconLogout size={17} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
