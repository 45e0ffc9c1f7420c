/** Swedish writes its dates like ISO 8601: 2026-11-24 09:30:05, the same in every language of the page. */
const local = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const minute = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit' });

/** A time in the browser's time zone. */
export function localTime(at: string): string {
  return local.format(new Date(at));
}

export function localMinute(at: string): string {
  return minute.format(new Date(at));
}

/** A time in the browser's time zone, with seconds; in UTC with milliseconds as a tooltip. */
export function DateTime({ at }: { at: string | null }) {
  if (at === null) return <span className="soft">–</span>;
  return (
    <time dateTime={at} title={`${at.replace('T', ' ').replace('Z', '')} UTC`}>
      {localTime(at)}
    </time>
  );
}
