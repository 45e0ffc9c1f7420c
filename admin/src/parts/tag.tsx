import type { ReactNode } from 'react';
import './parts.css';

export type Tone = 'calm' | 'good' | 'warn' | 'bad' | 'accent';

/** A word with a color that has enough contrast in light and dark; the color repeats what the word says. */
export function Tag({ tone = 'calm', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`tag tone-${tone}`}>{children}</span>;
}
