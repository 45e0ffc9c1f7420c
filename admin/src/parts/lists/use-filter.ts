import { useSearchParams } from 'react-router';

/** A list's filter, kept in the address: it can be linked to, and survives going back. */
export function useFilter<Filter extends Partial<Record<string, string>>>(): [
  Filter,
  (change: Filter) => void,
] {
  const [params, setParams] = useSearchParams();
  const filter = Object.fromEntries(params) as Filter;
  const change = (some: Filter) => {
    const kept = Object.entries({ ...filter, ...some }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    );
    setParams(kept, { replace: true });
  };
  return [filter, change];
}
