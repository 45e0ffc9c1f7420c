import type { ReactNode } from 'react';
import './parts.css';

/** The main content, with secondary content below it in smaller type. */
export function TwoLines({ children, under }: { children: ReactNode; under: ReactNode }) {
  return (
    <>
      {children}
      <span className="under">{under}</span>
    </>
  );
}
