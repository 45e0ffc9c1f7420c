import { useText, wordFor } from '../../text/use-text.ts';

/** A status change; nothing if the status did not change. */
export function StatusChange({ before, after }: { before: string; after: string }) {
  const { words } = useText();
  if (before === after) return null;
  return (
    <span>
      {wordFor(words.status, before)} → {wordFor(words.status, after)}
    </span>
  );
}
