/** The audit log: who asked or changed what, newest first. */
import { useState } from 'react';
import { Panel } from '../components/Panel';
import { Figure } from '../components/Figure';
import { Select } from '../components/Select';
import { formatInstant, formatSlug } from '../format';
import { type AuditKind, AuditLogDocument, type AuditLogQuery } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useView } from '../view/useView';

type AuditRecord = AuditLogQuery['auditLog']['edges'][number]['node'];

const KINDS: readonly AuditKind[] = ['OPERATION', 'LOAD', 'ADMIN', 'PAGE', 'GAP'];
const FIRST = 50;
const REFETCH_MS = 15_000;

export function AuditSection() {
  const { view } = useView();
  const [kind, setKind] = useState('');
  const chosen = KINDS.find((one) => one === kind);
  const variables = { first: FIRST, ...(chosen && { where: { kind: { eq: chosen } } }) };
  const result = useOperation(AuditLogDocument, variables, REFETCH_MS);
  return (
    <Panel
      testId="panel-audit"
      title={t('Audit log')}
      note={t('The newest records; values that clients sent are not kept')}
      result={result}
      source={{ operation: 'AuditLog', variables }}
      select={({ auditLog }) => auditLog.edges.map(({ node }) => node)}
      empty={t('No record of this kind yet.')}
      actions={
        <Select label={t('Kind of record')} all={t('All kinds')} value={kind} onChange={setKind}>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {formatSlug(one.toLowerCase())}
            </option>
          ))}
        </Select>
      }
    >
      {(records) => (
        <div role="region" aria-label={t('Audit log')} tabIndex={0} className="relative overflow-x-auto">
          <table className="w-full text-sm whitespace-nowrap">
            <caption className="sr-only">{t('Audit log')}</caption>
            <thead className="border-b border-line text-xs text-muted">
              <tr>
                {[t('When'), t('Who'), t('What'), t('Outcome')].map((heading) => (
                  <th key={heading} scope="col" className="pb-2 pe-4 text-start font-medium">{heading}</th>
                ))}
                <th scope="col" className="pb-2 text-end font-medium">{t('Rows')}</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <Row key={record.id} record={record} timeZone={view.timeZone} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Row({ record, timeZone }: { readonly record: AuditRecord; readonly timeZone: string }) {
  const { id, at, kind, subject, role, scope, operation, unmasked, rows, outcome } = record;
  return (
    <tr data-row={id} className="border-b border-line last:border-0">
      <td className="py-1.5 pe-4 text-muted">{formatInstant(at, timeZone)}</td>
      <td className="pe-4">
        {subject ?? t('Nobody known')} <span className="text-xs text-muted">{[role?.toLowerCase(), ...scope].filter(Boolean).join(' · ')}</span>
      </td>
      <th scope="row" className="pe-4 text-start font-medium">
        {operation ?? formatSlug(kind.toLowerCase())}
        {unmasked.length > 0 && <span className="ms-2 rounded bg-gold-soft px-1.5 text-xs font-normal text-gold">{t('unmasked: {columns}', { columns: unmasked.join(', ') })}</span>}
      </th>
      <td className={`pe-4 ${outcome === 'OK' ? 'text-good' : 'text-bad'}`} data-field="outcome" data-value={outcome}>{outcome}</td>
      <td className="text-end"><Figure field="rows" value={rows} unit="count" /></td>
    </tr>
  );
}
