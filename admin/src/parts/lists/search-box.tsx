import { Input } from 'antd';

interface Props {
  label: string;
  hint: string;
  value: string | undefined;
  onSearch(text: string): void;
  width?: number;
}

/** Searches on Enter or the button, not at every keystroke. */
export function SearchBox({ label, hint, value, onSearch, width = 340 }: Props) {
  return (
    <Input.Search
      key={value}
      defaultValue={value}
      aria-label={label}
      placeholder={hint}
      allowClear
      maxLength={100}
      onSearch={(text) => onSearch(text.trim())}
      style={{ width, maxWidth: '100%' }}
    />
  );
}
