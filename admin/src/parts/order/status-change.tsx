import { useText, wordFor } from '../../text/use-text.ts';

/** From one status to another; nothing where it stayed. */
export function StatusChange({ before, after }: { before: string; after: string }) {
  const { words } = useText();
  if (before === after) return null;
  return (
    <span>
      {wordFor(words.status, before)} → {wordFor(words.status, after)}
    </span>
  );
}
