/** What is known of the chosen file, and what can be chosen for the whole of it: its table, its delimiter, its encoding. */
import type { ReactNode } from 'react';
import { Select } from '../components/Select';
import { formatBytes } from '../format';
import { t } from '../i18n/i18n';
import { withDialect } from './profile';
import type { Inspection, InspectionQuery } from './requests';

const DELIMITERS: readonly string[] = [',', ';', '\t', '|', '::'];
const ENCODINGS: readonly string[] = ['utf-8', 'cp1252', 'iso-8859-15', 'utf-16', 'shift_jis', 'gb18030'];

interface FileChoicesProps {
  readonly file: File;
  readonly inspection: Inspection;
  readonly tables: readonly string[];
  readonly onInspect: (asked: InspectionQuery) => void;
}

export function FileChoices({ file, inspection, tables, onInspect }: FileChoicesProps) {
  const { table, profile, format } = inspection;
  const isText = format === 'csv' || format === 'ndjson';
  return (
    <div className="flex flex-wrap items-end gap-3">
      <p className="min-w-0 grow basis-48">
        <span className="block font-medium wrap-anywhere">{file.name}</span>
        <span className="text-xs text-muted">{[format.toUpperCase(), isText && inspection.encoding, formatBytes(file.size)].filter(Boolean).join(' · ')}</span>
      </p>
      <Choice label={t('Table')}>
        <Select label={t('Table')} value={table} onChange={(chosen) => { onInspect({ table: chosen, profile: withDialect(profile, {}), propose: true }); }}>
          {tables.map((name) => <option key={name} value={name}>{name}</option>)}
        </Select>
      </Choice>
      {format === 'csv' && (
        <Choice label={t('Delimiter')}>
          <Select label={t('Delimiter')} all={t('As found')} value={profile.delimiter ?? ''} onChange={(delimiter) => { onInspect({ table, profile: withDialect(profile, { delimiter }), propose: true }); }}>
            {DELIMITERS.map((sign) => <option key={sign} value={sign}>{sign === '\t' ? t('tab') : sign}</option>)}
          </Select>
        </Choice>
      )}
      {isText && (
        <Choice label={t('Encoding')}>
          <Select label={t('Encoding')} all={t('As found')} value={profile.encoding ?? ''} onChange={(encoding) => { onInspect({ table, profile: withDialect(profile, { encoding }), propose: true }); }}>
            {ENCODINGS.map((name) => <option key={name} value={name}>{name}</option>)}
          </Select>
        </Choice>
      )}
    </div>
  );
}

function Choice({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <span className="flex flex-col gap-1 text-xs text-muted">
      <span aria-hidden>{label}</span>
      {children}
    </span>
  );
}
