/** The time zones that the menu offers. */

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The browser's IANA zones, in alphabetical order. */
export function zones(): readonly string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** `America/New_York` as `New York`. Longer names keep their state: `Knox, Indiana`. */
export function zoneLabel(zone: string): string {
  const [, ...places] = zone.split('/');
  return (places.length > 0 ? places.reverse().join(', ') : zone).replaceAll('_', ' ');
}
