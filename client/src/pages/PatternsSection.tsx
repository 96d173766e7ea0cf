/** The viewing patterns panel with its choice of grouping. */
import { useState } from 'react';
import { SegmentedControl } from '../components/SegmentedControl';
import { type PatternBy, ViewingPatternsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { shortLabel } from '../labels';
import { PatternsPanel } from '../panels/PatternsPanel';

function options(): readonly { readonly value: PatternBy; readonly label: string }[] {
  return [
    { value: 'ALL', label: t('Everybody') },
    { value: 'COUNTRY', label: shortLabel('country') },
    { value: 'SUBSCRIPTION', label: shortLabel('subscription') },
    { value: 'AGE_BAND', label: shortLabel('ageBand') },
  ];
}

export function PatternsSection({ className }: { readonly className: string }) {
  const [by, setBy] = useState<PatternBy>('ALL');
  return (
    <PatternsPanel
      className={className}
      by={by}
      result={useOperation(ViewingPatternsDocument, { by })}
      controls={<SegmentedControl label={t('Patterns by')} options={options()} value={by} onChange={setBy} />}
    />
  );
}
