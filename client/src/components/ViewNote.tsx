/** The range of a page's figures, the range they are compared with, and how far the data reaches. */
import type { Provenance } from '../api/response';
import { formatInstant, formatSpan } from '../format';
import { t } from '../i18n/i18n';

interface ViewNoteProps {
  readonly provenance: Provenance | undefined;
  /** The path of the response that the ranges are taken from. */
  readonly path: string;
  readonly timeZone: string;
}

export function ViewNote({ provenance, path, timeZone }: ViewNoteProps) {
  const range = provenance?.paths?.[path]?.range;
  const before = provenance?.paths?.[path]?.comparedWith;
  const through = provenance?.dataThrough;
  return (
    <>
      {range && (
        <span data-field="range" data-value={`${range.from}/${range.to}`} className="text-ink">
          {formatSpan(range.from, range.to, timeZone)}
        </span>
      )}
      {before && (
        <>
          {` · ${t('compared with')} `}
          <span data-field="comparedWith" data-value={`${before.from}/${before.to}`}>
            {formatSpan(before.from, before.to, timeZone)}
          </span>
        </>
      )}
      {through && (
        <>
          {range && ' · '}
          {t('data through')}{' '}
          <time dateTime={through} data-field="dataThrough" data-value={through}>
            {formatInstant(through, timeZone)}
          </time>
        </>
      )}
    </>
  );
}
