/** A button that opens a small box below it. Escape, a press elsewhere, or a choice closes it; focus returns to the button. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface PopoverProps {
  readonly label: string;
  readonly button: ReactNode;
  readonly buttonClass?: string;
  readonly testId?: string;
  readonly align?: 'start' | 'end';
  readonly isWide?: boolean;
  /** Above the button instead of below it. */
  readonly isAbove?: boolean;
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ label, button, buttonClass = 'control', testId, align = 'start', isWide = false, isAbove = false, children }: PopoverProps) {
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setIsOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    box.current?.querySelector<HTMLElement>('[data-menu] :is(button, input, select, a)')?.focus();
    const button = opener.current;
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      button?.focus();
    };
  }, [isOpen]);

  const close = () => {
    setIsOpen(false);
  };

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      close();
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') moveFocus(event);
  }

  return (
    <div ref={box} className="relative min-w-0" onKeyDown={onKeyDown}>
      <button
        ref={opener}
        type="button"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={label}
        data-testid={testId}
        className={`${buttonClass} max-w-full`}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        {button}
      </button>
      {isOpen && (
        <div
          id={id}
          data-menu
          role="group"
          aria-label={label}
          className={`absolute z-30 ${isAbove ? 'bottom-full mb-1' : 'top-full mt-1'} max-h-[70vh] overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-xl ${isWide ? 'w-80 max-w-[calc(100vw-2rem)]' : 'min-w-48'} ${align === 'end' ? 'end-0' : 'start-0'}`}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-menu] .menu-item')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (items.length === 0 || (document.activeElement instanceof HTMLInputElement && at < 0 && event.key === 'ArrowUp')) return;
  event.preventDefault();
  items.at((at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)?.focus();
}
