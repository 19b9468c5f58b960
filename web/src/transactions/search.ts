/** The filters of the list of transactions, as the page's address has them. It must never ask. */

/** What the list of transactions is filtered by; it stands in the address. */
export interface TransactionsSearch {
  readonly sender?: string;
  readonly contract?: string;
  readonly method?: string;
  readonly refused?: boolean;
}

/** Leaves out what it does not know. */
export function parseTransactionsSearch(search: Record<string, unknown>): TransactionsSearch {
  const { sender, contract, method, refused } = search;
  return {
    ...(typeof sender === 'string' ? { sender } : {}),
    ...(typeof contract === 'string' ? { contract } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof refused === 'boolean' ? { refused } : {}),
  };
}
