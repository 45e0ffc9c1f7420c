import { Checkbox, Empty, Table } from 'antd';
import type { ReactNode } from 'react';
import { useNarrow } from '../use-media.ts';
import '../parts.css';

export interface Column<Row> {
  key: string;
  title: string;
  render(row: Row): ReactNode;
}

/** The selected rows, by their keys. */
export interface Choice<Row> {
  keys: string[];
  onChange(keys: string[]): void;
  /** The label of a row's checkbox. */
  nameOf(row: Row): string;
  nameOfAll: string;
}

interface Props<Row> {
  /** The accessible name of the list. */
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  keyOf(row: Row): string;
  isLoading?: boolean;
  /** Shown if there are no rows. */
  none: string;
  choice?: Choice<Row>;
}

/** Rows as a table or, on a narrow screen, each as a card with the same fields. */
export function Rows<Row extends object>(props: Props<Row>) {
  const isNarrow = useNarrow();
  const { rows, isLoading = false, none } = props;
  if (rows.length === 0 && !isLoading) {
    return (
      <div className="surface">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={none} />
      </div>
    );
  }
  return isNarrow ? <Cards {...props} /> : <Wide {...props} />;
}

function Wide<Row extends object>({ label, rows, columns, keyOf, isLoading = false, choice }: Props<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
    <section className="rows-table" tabIndex={0} aria-label={label}>
      <Table<Row>
        size="middle"
        dataSource={rows}
        rowKey={keyOf}
        loading={isLoading}
        pagination={false}
        columns={columns.map(({ key, title, render }) => ({ key, title, render: (_, row) => render(row) }))}
        {...(choice && {
          rowSelection: {
            selectedRowKeys: choice.keys,
            onChange: (keys) => choice.onChange(keys.map(String)),
            getCheckboxProps: (row) => ({ 'aria-label': choice.nameOf(row) }),
            getTitleCheckboxProps: () => ({ 'aria-label': choice.nameOfAll }),
          },
        })}
      />
    </section>
  );
}

function Cards<Row extends object>({ label, rows, columns, keyOf, choice }: Props<Row>) {
  return (
    <ul className="cards" aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          {choice && <Chooser row={row} rowKey={keyOf(row)} choice={choice} />}
          <dl className="pairs">
            {columns.map(({ key, title, render }) => (
              <Pair key={key} name={title}>
                {render(row)}
              </Pair>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Chooser<Row>({ row, rowKey, choice }: { row: Row; rowKey: string; choice: Choice<Row> }) {
  const { keys, onChange, nameOf } = choice;
  return (
    <Checkbox
      checked={keys.includes(rowKey)}
      onChange={({ target }) =>
        onChange(target.checked ? [...keys, rowKey] : keys.filter((key) => key !== rowKey))
      }
    >
      {nameOf(row)}
    </Checkbox>
  );
}

/** A name and its value in a `dl.pairs`. */
export function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
