import type { ScreenId } from '../app/route.ts';

/** Strokes on a square of 24. */
const PATHS = {
  try: 'M4 7V5a1 1 0 0 1 1-1h2M17 4h2a1 1 0 0 1 1 1v2M20 17v2a1 1 0 0 1-1 1h-2M7 20H5a1 1 0 0 1-1-1v-2M8 12.5l2.7 2.7L16 9.5',
  explain:
    'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z',
  data: 'M3.5 7a2 2 0 0 1 2-2h3.6l2 2.4h7.4a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2V7Z',
  train: 'M3.5 19.5h17M5 16l4.5-5 3.5 3 6-8M15 6h4v4',
  export: 'M12 4v11M7.5 10.8 12 15.3l4.5-4.5M4.5 19.5h15',
  camera:
    'M3.5 8.5a1.5 1.5 0 0 1 1.5-1.5h2.6l1.5-2.2h5.8L16.4 7H19a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5v-9ZM12 9.5a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8Z',
  picture:
    'M5 4.5h14a.9.9 0 0 1 .9.9v13.2a.9.9 0 0 1-.9.9H5a.9.9 0 0 1-.9-.9V5.4a.9.9 0 0 1 .9-.9ZM4.5 16.5l4.6-4.6 4 4 2.6-2.3 4 3.6M15.4 8.2a1 1 0 1 1 0 2 1 1 0 0 1 0-2Z',
  close: 'M6 6l12 12M18 6 6 18',
  pencil: 'M4.5 19.5l.9-3.9L16 5a1.6 1.6 0 0 1 2.3 0l.7.7a1.6 1.6 0 0 1 0 2.3L8.4 18.6l-3.9.9Z',
  trash: 'M5 7h14M9.5 7V4.8h5V7M7 7l.8 12.2h8.4L17 7M10.3 10.5v5.4M13.7 10.5v5.4',
  plus: 'M12 5v14M5 12h14',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  play: 'M8 5.2v13.6L19 12 8 5.2Z',
  stop: 'M6.5 6.5h11v11h-11z',
  copy: 'M9 9h10v10.5H9zM15 9V4.5H5V15h4',
  check: 'M5 12.5l4.6 4.6L19 7.5',
  bird: 'M4 14.5c0-5 3.4-8.6 8-8.6 1.4-1.6 3.6-1.6 4.9-.2l3.1 1.5-2.6 1.2c.7 5-2 10-8.2 10.1H4.6M9.5 18.6v2.4M13 17.9V21M13.8 8.3v.01',
} as const satisfies Record<ScreenId, string> & Record<string, string>;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A picture beside words that say the same: screen readers pass it over. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
