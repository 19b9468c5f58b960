/**
 * Who one is here: the node's client, the session, the keys of this browser. A session that ended
 * is opened again with the same key, unless its owner signed out.
 * It must never show a page what the node did not grant.
 */

import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import {
  type Account,
  accountFromCryptoKey,
  connect,
  isRefusal,
  type NodeClient,
  type SessionView,
} from 'tallystick/client';
import type { BrowserKey } from './keys/browser-key.ts';
import { chooseKey, chosenKey, loadKeys } from './keys/key-store.ts';
import { seenHistory } from './seen-history.ts';

export type SessionState =
  | { readonly status: 'starting' }
  | { readonly status: 'out'; readonly error: unknown }
  | { readonly status: 'in'; readonly session: SessionView };

export interface Session {
  readonly state: SessionState;
  /** As the key in use; without one, as whoever the cookie says. */
  readonly node: NodeClient;
  /** Keys of this browser, oldest first; undefined until they are read. */
  readonly keys: readonly BrowserKey[] | undefined;
  /** The key in use. */
  readonly key: BrowserKey | undefined;
  signIn(key: BrowserKey, options?: { invite?: string; name?: string }): Promise<void>;
  signOut(): Promise<void>;
  /** The session ended, and the key could not open another. */
  expire(error: unknown): void;
  /** Reads the keys again after they changed. */
  reloadKeys(): Promise<void>;
}

const Context = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = use(Context);
  if (session === undefined) throw new Error('assertion: no session around this component');
  return session;
}

export function useNode(): NodeClient {
  return useSession().node;
}

/** The signed-in member; pages below the guard always have one. */
export function useMe(): SessionView {
  const { state } = useSession();
  if (state.status !== 'in') throw new Error('assertion: this page is behind the sign-in');
  return state.session;
}

function clientOf(account?: Account): NodeClient {
  return connect('', { memory: seenHistory, ...(account === undefined ? {} : { account }) });
}

/** The key in use and the client that signs with it. */
interface Using {
  readonly node: NodeClient;
  readonly key: BrowserKey | undefined;
}

async function usingOf(key: BrowserKey | undefined): Promise<Using> {
  if (key === undefined) return { node: clientOf(), key };
  return { node: clientOf(await accountFromCryptoKey(key.pair)), key };
}

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const [state, setState] = useState<SessionState>({ status: 'starting' });
  const [keys, setKeys] = useState<readonly BrowserKey[]>();
  const [using, setUsing] = useState<Using>(() => ({ node: clientOf(), key: undefined }));

  const reloadKeys = useCallback(async () => setKeys(await loadKeys()), []);

  const signIn = useCallback<Session['signIn']>(
    async (key, options = {}) => {
      const next = await usingOf(key);
      const session = await next.node.signIn(options);
      // What somebody else was shown is not for this member.
      queries.clear();
      chooseKey(key.address);
      setUsing(next);
      setState({ status: 'in', session });
    },
    [queries],
  );

  const signOut = useCallback(async () => {
    chooseKey(null);
    setUsing({ node: clientOf(), key: undefined });
    setState({ status: 'out', error: null });
    queries.clear();
    await using.node.signOut();
  }, [using, queries]);

  const expire = useCallback((error: unknown) => {
    setState((now) => (now.status === 'in' ? { status: 'out', error } : now));
  }, []);

  useEffect(() => {
    void start({ setKeys, setUsing, setState, signIn });
  }, [signIn]);

  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        const error =
          event.type === 'updated' && event.action.type === 'error' && event.action.error;
        if (isRefusal(error, 'SIGN_IN_REQUIRED')) expire(error);
      }),
    [queries, expire],
  );

  const value = useMemo(
    () => ({ state, ...using, keys, signIn, signOut, expire, reloadKeys }),
    [state, using, keys, signIn, signOut, expire, reloadKeys],
  );
  return <Context value={value}>{children}</Context>;
}

interface Start {
  setKeys(keys: readonly BrowserKey[]): void;
  setUsing(using: Using): void;
  setState(state: SessionState): void;
  readonly signIn: Session['signIn'];
}

/** The cookie's session where there is one, else a new one with the key that was last in use. */
async function start({ setKeys, setUsing, setState, signIn }: Start): Promise<void> {
  try {
    const keys = await loadKeys();
    setKeys(keys);
    const session = await currentSession();
    if (session === undefined) {
      const chosen = keys.find(({ address }) => address === chosenKey());
      if (chosen === undefined) setState({ status: 'out', error: null });
      else await signIn(chosen);
      return;
    }
    setUsing(await usingOf(keys.find(({ address }) => address === session.address)));
    setState({ status: 'in', session });
  } catch (error) {
    setState({ status: 'out', error });
  }
}

async function currentSession(): Promise<SessionView | undefined> {
  try {
    return await clientOf().session();
  } catch (error) {
    if (isRefusal(error, 'SIGN_IN_REQUIRED')) return undefined;
    throw error;
  }
}
