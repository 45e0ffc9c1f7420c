import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defects } from '../../bench/torture/defects/defects.ts';

const replacements = Object.entries(defects).flatMap(([name, defect]) =>
  defect.replacements.map(({ file, text }) => ({ name, file, text })),
);

test.each(replacements)(
  'the text that $name replaces in $file stands there exactly once',
  ({ file, text }) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(source.split(text)).toHaveLength(2);
  },
);
