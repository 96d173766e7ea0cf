/** One measure has one label, wherever it shows. */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Figure } from '../src/components/Figure';
import { MeasureHeading } from '../src/components/TableCells';
import { shortLabel } from '../src/labels';

afterEach(cleanup);

it('is the model’s, unless a shorter one is named', () => {
  expect([shortLabel('watchHours'), shortLabel('views'), shortLabel('device')]).toEqual(['Hours', 'Views', 'Device']);
});

it('explains a heading with the model’s description', () => {
  render(<table><thead><tr><MeasureHeading name="watchHours" /></tr></thead></table>);
  expect(screen.getByRole('columnheader', { name: 'Hours' }).title).toBe('Hours watched.');
});

it('formats a measure by the model’s unit, and counts what is counted', () => {
  render(<Figure field="completionRate" value={0.61834} />);
  render(<p><Figure field="rows" value={1} unit="count" noun="row" /></p>);
  expect(screen.getByText('61.8%').dataset.value).toBe('0.61834');
  expect(screen.getByRole('paragraph').textContent).toBe('1 row');
});
