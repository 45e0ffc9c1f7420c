import type { AuditRow } from '../../../../src/http/admin/api.ts';
import { auditQuery } from '../../api/queries.ts';
import { RequestProblem } from '../../api/request.ts';
import { useHasRole } from '../../app/session.tsx';
import { Paged } from '../../parts/lists/paged.tsx';
import type { Column } from '../../parts/lists/rows.tsx';
import { SearchBox } from '../../parts/lists/search-box.tsx';
import { useFilter } from '../../parts/lists/use-filter.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { useText, wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

/** The audit trail: who did what, when, from where, and the state before and after. For admins. */
export function AuditPage() {
  const text = useText();
  const mayRead = useHasRole('admin');
  return (
    <>
      <PageHead title={text.pages.audit.title} />
      {mayRead ? <Trail /> : <Problem error={new RequestProblem({ error: 'not_allowed' })} />}
    </>
  );
}

function Trail() {
  const text = useText();
  const { audit, orders } = text.pages;
  const [{ actor, subject }, change] = useFilter<{ actor?: string; subject?: string }>();
  return (
    <>
      <search className="bar" aria-label={orders.filters}>
        <SearchBox
          label={audit.bySubject}
          hint={audit.bySubjectHint}
          value={subject}
          onSearch={(chosen) => change({ subject: chosen })}
          width={300}
        />
        <SearchBox
          label={audit.byActor}
          hint={audit.byActorHint}
          value={actor}
          onSearch={(chosen) => change({ actor: chosen })}
          width={220}
        />
      </search>
      <Paged
        query={auditQuery({ actor, subject })}
        label={audit.title}
        columns={columns(text)}
        keyOf={({ id }) => id}
        none={audit.none}
      />
    </>
  );
}

function columns({ common, pages, words }: Text): Column<AuditRow>[] {
  const { audit } = pages;
  return [
    { key: 'at', title: common.at, render: ({ at }) => <DateTime at={at} /> },
    {
      key: 'actor',
      title: common.actor,
      render: ({ actor, ip }) => <TwoLines under={<span className="code">{ip}</span>}>{actor}</TwoLines>,
    },
    {
      key: 'action',
      title: audit.action,
      render: ({ action }) => (
        <TwoLines under={<span className="code">{action}</span>}>
          {wordFor(words.auditAction, action)}
        </TwoLines>
      ),
    },
    {
      key: 'subject',
      title: audit.subject,
      render: ({ subject }) => <span className="code">{subject ?? '–'}</span>,
    },
    { key: 'outcome', title: common.outcome, render: ({ outcome }) => outcome },
    { key: 'before', title: audit.before, render: ({ before }) => <State text={before} /> },
    { key: 'after', title: audit.after, render: ({ after }) => <State text={after} /> },
  ];
}

function State({ text }: { text: string | null }) {
  return <span className="code answer">{text ?? '–'}</span>;
}
