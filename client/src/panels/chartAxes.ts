/** Axis styles that all charts share. */

const tick = { fill: 'var(--muted)', fontSize: 12 };

export const timeAxis = { tick, tickLine: false, axisLine: { stroke: 'var(--line)' }, tickMargin: 8, minTickGap: 28 } as const;
export const valueAxis = { tick, tickLine: false, axisLine: false, width: 44, tickCount: 5 } as const;
export const grid = { vertical: false, stroke: 'var(--line)' } as const;
export const plotMargin = { top: 8, right: 8, bottom: 0, left: 0 } as const;
