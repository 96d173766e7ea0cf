/** The time zones the picker offers: UTC, the browser's own, then every IANA zone the browser knows. */

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Zones by continent, in the order of the alphabet; names without a continent are left out. */
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

/** `America/New_York` as people write it: `New York`; deeper names keep their state. */
export function zoneLabel(zone: string): string {
  const [, ...places] = zone.split('/');
  return (places.length > 0 ? places.reverse().join(', ') : zone).replaceAll('_', ' ');
}
