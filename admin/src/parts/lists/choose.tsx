import { Select } from 'antd';

interface Props<Code extends string> {
  /** The accessible name. */
  label: string;
  /** The option for no choice. */
  any: string;
  words: Record<Code, string>;
  value: Code | undefined;
  onChange(value: Code | undefined): void;
}

/** A select with these words, or any. */
export function Choose<Code extends string>({ label, any, words, value, onChange }: Props<Code>) {
  const codes = Object.keys(words) as Code[];
  return (
    <Select<Code | ''>
      aria-label={label}
      value={value ?? ''}
      onChange={(code) => onChange(code === '' ? undefined : code)}
      options={[{ value: '', label: any }, ...codes.map((code) => ({ value: code, label: words[code] }))]}
      popupMatchSelectWidth={false}
      style={{ minWidth: 132 }}
    />
  );
}
