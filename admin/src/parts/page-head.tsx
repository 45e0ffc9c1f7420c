import { type ReactNode, useEffect } from 'react';
import { useText } from '../text/use-text.ts';
import './parts.css';

/** A page's heading, which is also the document title. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  const { common } = useText();
  useEffect(() => {
    document.title = `${title} · ${common.product}`;
  }, [title, common.product]);
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
