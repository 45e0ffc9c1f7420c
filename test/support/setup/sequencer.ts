import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes of worker time: started last, they would run alone at the end. */
const SLOWEST = ['test/torture/', 'test/quickstart/', 'test/admin/browser', 'test/fourth-channel/'];
const TIERS = [/\.system\.test\.ts$/, /\.db\.test\.ts$/, /\.test\.ts$/];

/** The slowest files first, then tier by tier from the slowest: workers are busy until the end of the run. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const inTier = await super.sort(files);
    return inTier.toSorted((a, b) => rank(a.moduleId) - rank(b.moduleId));
  }
}

function rank(path: string): number {
  if (SLOWEST.some((each) => path.includes(each)) && TIERS[0]?.test(path)) return -1;
  return TIERS.findIndex((tier) => tier.test(path));
}
