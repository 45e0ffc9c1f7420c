import type { ReactNode } from 'react';
import './parts.css';

export type Tone = 'calm' | 'good' | 'warn' | 'bad' | 'accent';

/** A word with a colour whose contrast is enough in light and dark; the colour never says more than the word. */
export function Tag({ tone = 'calm', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`tag tone-${tone}`}>{children}</span>;
}
