/**
 * A table of a contract, live: filters, order, pages of rows, and a row's detail at the side.
 * It must never move rows under the pointer: new ones wait behind a button.
 */

import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { Refusal, type RowFilter, type TableView } from 'tallystick/client';
import { Page } from '../../app/page.tsx';
import { Card } from '../../design/layout/layout.tsx';
import { EmptyState, ErrorState, Waiting } from '../../design/state/state.tsx';
import { DataTable } from '../../design/table/data-table.tsx';
import { plural } from '../../design/text/format.ts';
import { RowPanel } from '../row/row-panel.tsx';
import type { TableSearch } from '../search.ts';
import { useContract, useRowCounts } from '../use-contract.ts';
import { filterText, parseFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { FindByKey } from './find-by-key.tsx';
import { hiddenColumns, parseOrder, rowColumns } from './row-columns.tsx';
import classes from './table.module.css';
import { useRows } from './use-rows.ts';

const ROUTE = '/pages/contracts/$contract/tables/$table';

export function TablePage(): ReactNode {
  const params = useParams({ from: ROUTE });
  const { contract, error } = useContract(params.contract);
  const table = contract?.tables.find(({ name }) => name === params.table);
  const counts = useRowCounts(contract === undefined ? undefined : [contract]);
  const count = counts?.get(`${params.contract}.${params.table}`);
  const missing = new Refusal('TABLE_UNKNOWN', `${params.contract} has no table ${params.table}`);
  return (
    <Page
      title={`${params.contract}.${params.table}`}
      sub={
        <>
          <Link to="/contracts/$contract" params={{ contract: params.contract }}>
            Contract {params.contract}
          </Link>
          {count === undefined ? null : <span>· {plural(count, 'row')}</span>}
        </>
      }
    >
      {table !== undefined ? (
        <Rows key={`${params.contract}.${table.name}`} contract={params.contract} table={table} />
      ) : (
        <Card>
          {contract === undefined && error === null ? (
            <Waiting lines={10} />
          ) : (
            <ErrorState error={error ?? missing} />
          )}
        </Card>
      )}
    </Page>
  );
}

function Rows({ contract, table }: { contract: string; table: TableView }): ReactNode {
  const search = useSearch({ from: ROUTE });
  const { row: open, ...rest } = search;
  const go = useGo(contract, table.name);
  const change = (changed: TableSearch): void => go({ ...search, ...changed });
  const where = useMemo(
    () => (search.where ?? []).map(parseFilter).filter((one): one is RowFilter => one !== null),
    [search.where],
  );
  const order = parseOrder(search.order);
  const asked = { order: order.column, descending: order.descending };
  const found = useRows({ contract, table: table.name, where, ...asked });
  const columns = rowColumns({
    contract,
    table,
    order,
    onOrder: (next) => change({ order: next }),
  });
  const hidden = hiddenColumns(table);
  return (
    <>
      <Card flush>
        <div className={classes.tools}>
          <Filters
            columns={table.columns}
            filters={where}
            onChange={(filters) => change({ where: filters.map(filterText) })}
          />
          <FindByKey table={table} onFind={(row) => change({ row })} />
        </div>
        <DataTable
          label={`Rows of ${table.name}`}
          columns={columns}
          rows={found.rows}
          rowKey={({ key }) => key}
          onOpen={({ key }) => change({ row: key })}
          selected={open}
          onMore={found.isMore ? found.more : undefined}
          loadingMore={found.isLoadingMore}
          fresh={{ count: found.fresh, show: found.reload }}
          error={found.error}
          onRetry={found.reload}
          empty={<NoRows contract={contract} table={table.name} isFiltered={where.length > 0} />}
        />
        {hidden.length === 0 ? null : (
          <p className={classes.hidden}>
            In the row’s detail: {hidden.map(({ name }) => name).join(', ')}
          </p>
        )}
      </Card>
      <RowPanel contract={contract} table={table} rowKey={open} onClose={() => go(rest)} />
    </>
  );
}

/** What the table shows stands in the address. */
function useGo(contract: string, table: string): (search: TableSearch) => void {
  const navigate = useNavigate();
  return (search) => {
    const to = '/contracts/$contract/tables/$table';
    void navigate({ to, params: { contract, table }, search });
  };
}

interface NoRowsProps {
  readonly contract: string;
  readonly table: string;
  readonly isFiltered: boolean;
}

function NoRows({ contract, table, isFiltered }: NoRowsProps): ReactNode {
  if (isFiltered) {
    return <EmptyState title="No row meets these filters">Take one away to see more.</EmptyState>;
  }
  return (
    <EmptyState
      title={`${table} has no rows yet`}
      action={
        <Link to="/contracts/$contract" params={{ contract }}>
          Methods of {contract}
        </Link>
      }
    >
      Rows come from the methods of the contract.
    </EmptyState>
  );
}
