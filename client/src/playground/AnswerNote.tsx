/** What an answer cost, how far its data reaches, and what it was read from. */
import { formatInstant } from '../format';
import { t } from '../i18n/i18n';
import type { AnswerNotes } from './fetcher';

export function AnswerNote({ notes }: { readonly notes: AnswerNotes | null }) {
  const sources = new Set(Object.values(notes?.paths ?? {}).flatMap(({ source }) => source ?? []));
  return (
    <p role="status" className="flex flex-wrap gap-x-4 px-4 py-2 text-sm text-muted">
      {notes && (
        <>
          <span>{t('Cost: {cost}', { cost: notes.cost })}</span>
          {notes.dataThrough && <span>{t('Data through {time}', { time: formatInstant(notes.dataThrough, 'UTC') })}</span>}
          {sources.size > 0 && <span>{t('Read from {sources}', { sources: [...sources].join(', ') })}</span>}
        </>
      )}
    </p>
  );
}
