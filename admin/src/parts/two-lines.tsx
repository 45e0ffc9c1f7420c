import type { ReactNode } from 'react';
import './parts.css';

/** What is looked for, and below it, smaller, what goes with it. */
export function TwoLines({ children, under }: { children: ReactNode; under: ReactNode }) {
  return (
    <>
      {children}
      <span className="under">{under}</span>
    </>
  );
}
