/** The size of a chart's plot, and which row the pointer or the keyboard is at. */
import { type KeyboardEvent, type PointerEvent, useCallback, useState } from 'react';

export interface Plot {
  readonly width: number;
  readonly ref: (element: HTMLElement | null) => (() => void) | undefined;
}

/** Follows the width of the element that takes the ref. */
export function useWidth(): Plot {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { width, ref };
}

export interface Pointing {
  /** The row that is pointed at, if any. */
  readonly at: number | null;
  /** The first and last row of the range being drawn, while the pointer is held. */
  readonly brushed: readonly [number, number] | null;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent<SVGElement>) => void;
    readonly onPointerDown: (event: PointerEvent<SVGElement>) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
    readonly onKeyDown: (event: KeyboardEvent<SVGElement>) => void;
    readonly onBlur: () => void;
  };
}

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** `indexAt` finds the row at a distance from the chart's start edge. `onBrush` takes the rows of a finished drag. */
export function usePointing(count: number, indexAt: (x: number) => number, onBrush?: (first: number, last: number) => void): Pointing {
  const [at, setAt] = useState<number | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const clamped = (index: number) => Math.min(Math.max(index, 0), count - 1);
  const rowOf = (event: PointerEvent<SVGElement>) => clamped(indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left));
  const brushed = held !== null && at !== null && held !== at ? ([Math.min(held, at), Math.max(held, at)] as const) : null;
  const clear = () => {
    setAt(null);
    setHeld(null);
  };
  return {
    at,
    brushed,
    handlers: {
      onPointerMove: (event) => {
        setAt(rowOf(event));
      },
      onPointerDown: (event) => {
        if (onBrush && event.pointerType === 'mouse' && event.button === 0) setHeld(rowOf(event));
      },
      onPointerUp: () => {
        if (brushed) onBrush?.(brushed[0], brushed[1]);
        setHeld(null);
      },
      onPointerLeave: clear,
      onKeyDown: (event) => {
        const move = MOVES[event.key];
        if (move === undefined) return;
        event.preventDefault();
        setAt(clamped(at === null ? (move > 0 ? 0 : count - 1) : at + move));
      },
      onBlur: clear,
    },
  };
}
