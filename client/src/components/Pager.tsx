/** Next and previous buttons for a paged list. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { t } from '../i18n/i18n';

interface PagerProps {
  readonly page: number;
  readonly hasNext: boolean;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
}

export function Pager({ page, hasNext, onPrevious, onNext }: PagerProps) {
  return (
    <nav aria-label={t('Pages of the list')} className="flex items-center justify-end gap-2">
      <span aria-live="polite" className="me-2 text-sm text-muted">
        {t('Page {page}', { page })}
      </span>
      <button type="button" className="control" disabled={page === 1} onClick={onPrevious}>
        <ChevronLeft className="size-4" aria-hidden />
        {t('Previous')}
      </button>
      <button type="button" className="control" disabled={!hasNext} onClick={onNext}>
        {t('Next')}
        <ChevronRight className="size-4" aria-hidden />
      </button>
    </nav>
  );
}
