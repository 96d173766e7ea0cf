/** Switches between the light and the dark theme. */
import { Moon, Sun } from 'lucide-react';
import { chooseTheme, useTheme } from '../theme/theme';

export function ThemeToggle() {
  const theme = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  const Icon = theme === 'dark' ? Sun : Moon;
  return (
    <button
      type="button"
      data-testid="theme-toggle"
      className="icon-button"
      aria-label={`Switch to the ${other} theme`}
      title={`Switch to the ${other} theme`}
      onClick={() => {
        chooseTheme(other);
      }}
    >
      <Icon className="size-4.5" aria-hidden />
    </button>
  );
}
