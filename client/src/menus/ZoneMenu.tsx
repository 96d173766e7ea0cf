/** Picks the time zone in which days begin: UTC, the browser's own zone, or any other by its name. */
import { Check, Globe } from 'lucide-react';
import { useState } from 'react';
import { t } from '../i18n/i18n';
import { browserZone, zoneLabel, zones } from '../view/timeZones';
import { Popover } from './Popover';

interface ZoneMenuProps {
  readonly timeZone: string;
  readonly onChange: (timeZone: string) => void;
}

const MOST_SHOWN = 40;

export function ZoneMenu({ timeZone, onChange }: ZoneMenuProps) {
  return (
    <Popover
      label={t('Time zone')}
      testId="zone-menu"
      isWide
      button={
        <>
          <Globe className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="truncate">{zoneLabel(timeZone)}</span>
        </>
      }
    >
      {(close) => (
        <ZoneChooser
          timeZone={timeZone}
          onChange={(zone) => {
            onChange(zone);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function ZoneChooser({ timeZone, onChange }: ZoneMenuProps) {
  const [text, setText] = useState('');
  const sought = text.toLowerCase().replaceAll(' ', '_');
  const found = [...new Set(['UTC', browserZone(), timeZone, ...zones()])].filter((zone) => zone.toLowerCase().includes(sought));
  return (
    <>
      <input
        type="search"
        aria-label={t('Find a time zone')}
        placeholder={t('Find a time zone')}
        className="control mb-1 w-full"
        value={text}
        onChange={(event) => { setText(event.target.value); }}
      />
      {found.slice(0, MOST_SHOWN).map((zone) => (
        <button key={zone} type="button" className="menu-item justify-between" aria-pressed={zone === timeZone} onClick={() => { onChange(zone); }}>
          <span className="truncate">{zone.replaceAll('_', ' ')}</span>
          {zone === timeZone ? <Check className="size-4 shrink-0" aria-hidden /> : zone === browserZone() && <span className="text-xs text-muted">{t('here')}</span>}
        </button>
      ))}
      {found.length === 0 && <p className="p-2.5 text-xs text-muted">{t('No time zone matches.')}</p>}
    </>
  );
}
