import { Button, Input } from 'antd';
import type { ChannelName } from '../../../../src/channel/channel.ts';
import type { OrderState } from '../../../../src/http/admin/api.ts';
import type { OrderStatus } from '../../../../src/order/order.ts';
import { Choose } from '../../parts/lists/choose.tsx';
import { SearchBox } from '../../parts/lists/search-box.tsx';
import { useText } from '../../text/use-text.ts';

export type Filter = {
  search?: string;
  status?: OrderStatus;
  channel?: ChannelName;
  state?: OrderState;
  /** As the browser writes them: 2026-11-24T09:30, in its own time zone. */
  createdFrom?: string;
  createdTo?: string;
};

const nothing: Filter = {
  search: undefined,
  status: undefined,
  channel: undefined,
  state: undefined,
  createdFrom: undefined,
  createdTo: undefined,
};

export function OrderFilters({ filter, onChange }: { filter: Filter; onChange(change: Filter): void }) {
  const { pages, words } = useText();
  const text = pages.orders;
  const any = (what: string) => `${what}: ${text.any}`;
  return (
    <search className="bar" aria-label={text.filters}>
      <SearchBox
        label={text.search}
        hint={text.searchHint}
        value={filter.search}
        onSearch={(search) => onChange({ search })}
      />
      <Choose
        label={text.status}
        any={any(text.status)}
        words={words.status}
        value={filter.status}
        onChange={(status) => onChange({ status })}
      />
      <Choose
        label={text.channel}
        any={any(text.channel)}
        words={words.channel}
        value={filter.channel}
        onChange={(channel) => onChange({ channel })}
      />
      <Choose
        label={text.state}
        any={any(text.state)}
        words={words.state}
        value={filter.state}
        onChange={(state) => onChange({ state })}
      />
      <span className="range">
        <span className="soft">{text.created}</span>
        <LocalTime
          label={text.from}
          value={filter.createdFrom}
          onChange={(createdFrom) => onChange({ createdFrom })}
        />
        <span aria-hidden="true">–</span>
        <LocalTime
          label={text.to}
          value={filter.createdTo}
          onChange={(createdTo) => onChange({ createdTo })}
        />
      </span>
      {Object.keys(filter).length > 0 && <Button onClick={() => onChange(nothing)}>{text.reset}</Button>}
    </search>
  );
}

interface LocalTimeProps {
  label: string;
  value: string | undefined;
  onChange(value: string): void;
}

/** The browser's native picker, which works well on phones. */
function LocalTime({ label, value, onChange }: LocalTimeProps) {
  return (
    <Input
      type="datetime-local"
      aria-label={label}
      title={label}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
