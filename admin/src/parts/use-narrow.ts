import { useSyncExternalStore } from 'react';

/** As in `frame.css`: below this there is no room for a menu beside the page, nor for wide tables. */
const narrow = matchMedia('(max-width: 900px)');

/** True on a phone, or in a window as narrow as one. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      narrow.addEventListener('change', onChange);
      return () => narrow.removeEventListener('change', onChange);
    },
    () => narrow.matches,
  );
}
