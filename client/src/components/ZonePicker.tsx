/** Picks the time zone in which days begin: UTC, the browser's own zone, or any other. */
import { Globe } from 'lucide-react';
import { browserZone, zoneLabel, zonesByRegion } from '../view/timeZones';

interface ZonePickerProps {
  readonly timeZone: string;
  readonly onChange: (timeZone: string) => void;
}

const regions = zonesByRegion();

export function ZonePicker({ timeZone, onChange }: ZonePickerProps) {
  const own = browserZone();
  const first = [...new Set(['UTC', own, timeZone])];
  return (
    <label className="control max-w-52 min-w-0 !pe-1" title="Time zone">
      <Globe className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="sr-only">Time zone</span>
      <select
        data-testid="zone-picker"
        value={timeZone}
        className="min-w-0 flex-1 truncate bg-transparent [&_*]:bg-surface"
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        {first.map((zone) => (
          <option key={zone} value={zone}>
            {zoneLabel(zone)}
            {zone === own && zone !== 'UTC' ? ' (here)' : ''}
          </option>
        ))}
        {[...regions].map(([region, zones]) => (
          <optgroup key={region} label={region}>
            {zones
              .filter((zone) => !first.includes(zone))
              .map((zone) => (
                <option key={zone} value={zone}>
                  {zoneLabel(zone)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
