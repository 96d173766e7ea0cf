/** The time zones that the picker offers. */

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The browser's IANA zones by continent, in alphabetical order. Zones without a continent are left out. */
export function zonesByRegion(): ReadonlyMap<string, readonly string[]> {
  const regions = new Map<string, string[]>();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const [region, city] = zone.split('/', 2);
    if (!region || !city || region === 'Etc') continue;
    const zones = regions.get(region);
    if (zones) zones.push(zone);
    else regions.set(region, [zone]);
  }
  return regions;
}

/** `America/New_York` as `New York`. Longer names keep their state: `Knox, Indiana`. */
export function zoneLabel(zone: string): string {
  const [, ...places] = zone.split('/');
  return (places.length > 0 ? places.reverse().join(', ') : zone).replaceAll('_', ' ');
}
