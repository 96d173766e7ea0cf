/** The space for a chart: it fills the panel, with a minimum height. */
import type { ReactNode } from 'react';
import { ResponsiveContainer } from 'recharts';

export function ChartFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="relative min-h-56 grow">
      <div className="absolute inset-0">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 320, height: 224 }}>
          {children}
        </ResponsiveContainer>
      </div>
    </div>
  );
}
