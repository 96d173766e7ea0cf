/** A change's colour says whether it is for the better: more views are, more interruptions are not. */
import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Change } from '../src/components/Change';

test.each([
  ['views', 0.1, 'text-good'],
  ['views', -0.1, 'text-bad'],
  ['change.bufferingPerView', 0.1, 'text-bad'],
  ['bufferingP95', -0.1, 'text-good'],
  ['bufferingEvents', 0, 'text-muted'],
])('a change of %s by %d is %s', (field, value, tone) => {
  const { container } = render(<Change field={field} value={value} />);
  expect(container.querySelector('[data-value]')?.classList.contains(tone)).toBe(true);
});

test('a change that may be chance is neither good nor bad', () => {
  const { container } = render(<Change field="views" value={0.1} isSure={false} />);
  expect(container.querySelector('[data-value="0.1"]')?.classList.contains('text-muted')).toBe(true);
  expect(container.textContent).toBe('up +10.0%');
});
