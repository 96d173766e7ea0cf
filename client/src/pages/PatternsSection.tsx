/** The viewing patterns panel with its choice of grouping. */
import { useState } from 'react';
import { SegmentedControl } from '../components/SegmentedControl';
import { type PatternBy, ViewingPatternsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { shortLabel } from '../labels';
import { DIMENSIONS } from '../model';
import { PatternsPanel } from '../panels/PatternsPanel';

const OPTIONS: readonly { readonly value: PatternBy; readonly label: string }[] = [
  { value: 'ALL', label: 'Everybody' },
  { value: 'COUNTRY', label: DIMENSIONS.country.label },
  { value: 'SUBSCRIPTION', label: shortLabel('subscription') },
  { value: 'AGE_BAND', label: shortLabel('ageBand') },
];

export function PatternsSection({ className }: { readonly className: string }) {
  const [by, setBy] = useState<PatternBy>('ALL');
  return (
    <PatternsPanel
      className={className}
      by={by}
      result={useOperation(ViewingPatternsDocument, { by })}
      controls={<SegmentedControl label="Patterns by" options={OPTIONS} value={by} onChange={setBy} />}
    />
  );
}
