import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { PagedQuery } from '../../api/queries.ts';
import { useText } from '../../text/use-text.ts';
import { Problem } from '../problem.tsx';
import { type Column, Rows } from './rows.tsx';

interface Props<Row> {
  query: PagedQuery<Row>;
  label: string;
  columns: Column<Row>[];
  keyOf(row: Row): string;
  none: string;
}

/** A paged list with a button to load more. */
export function Paged<Row extends object>({ query, ...rest }: Props<Row>) {
  const { common } = useText();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(query);
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      {error !== null && <Problem error={error} onRetry={refetch} />}
      {(error === null || rows.length > 0) && <Rows rows={rows} isLoading={isPending} {...rest} />}
      {hasNextPage && (
        <div className="more">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {common.more}
          </Button>
        </div>
      )}
    </>
  );
}
