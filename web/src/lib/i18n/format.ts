const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const DAY_S = 86_400;
const SPANS = [
  ["day", DAY_S],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export interface Format {
  /** A measured value: five significant digits, or an exponent where it is far from one. */
  value: (value: number) => string;
  count: (value: number) => string;
  percent: (share: number) => string;
  bytes: (bytes: number) => string;
  time: (when: string | number) => string;
  dateTime: (when: string) => string;
  /** A place of an axis of time, seconds since the epoch; `apart` is seconds between two of them. */
  tick: (when: number, apart: number) => string;
  /** A day such as `2026-01-31`, whatever the time zone. */
  date: (day: string) => string;
  ago: (when: string, now: number) => string;
  /** The two largest units of a span in seconds. */
  duration: (seconds: number) => string;
}

/** Made at its first use: to make one takes milliseconds, and no page needs them all. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function createFormat(tag: string): Format {
  const plain = once(() => new Intl.NumberFormat(tag, { maximumSignificantDigits: 5 }));
  const far = once(() => new Intl.NumberFormat(tag, { notation: "scientific", maximumSignificantDigits: 4 }));
  const count = once(() => new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }));
  const percent = once(() => new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 }));
  const time = once(() => new Intl.DateTimeFormat(tag, { timeStyle: "medium" }));
  const dateTime = once(() => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }));
  const day = once(() => new Intl.DateTimeFormat(tag, { month: "short", day: "numeric" }));
  const minute = once(() => new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" }));
  const date = once(() => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }));
  const relative = once(() => new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" }));
  const sizes = BYTE_UNITS.map((unit, power) =>
    once(() => new Intl.NumberFormat(tag, { style: "unit", unit, maximumFractionDigits: power ? 1 : 0 })),
  );
  const spans = SPANS.map(([unit]) =>
    once(() => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" })),
  );

  return {
    value: (value) => {
      if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
      const size = Math.abs(value);
      return (size !== 0 && (size < 1e-4 || size >= 1e7) ? far : plain)().format(value);
    },
    count: (value) => count().format(value),
    percent: (share) => percent().format(share),
    bytes: (bytes) => {
      const power = Math.min(BYTE_UNITS.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
      return (sizes[power] ?? count)().format(bytes / 1000 ** power);
    },
    time: (when) => time().format(new Date(when)),
    dateTime: (when) => dateTime().format(new Date(when)),
    tick: (when, apart) => (apart >= DAY_S ? day : apart >= 60 ? minute : time)().format(new Date(when * 1000)),
    date: (day) => date().format(new Date(day)),
    ago: (when, now) => {
      const seconds = Math.min(0, Math.round((Date.parse(when) - now) / 1000));
      const [unit, size] = SPANS.find(([, length]) => -seconds >= length) ?? ["second", 1];
      return relative().format(Math.round(seconds / size), unit);
    },
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      const first = Math.max(
        0,
        SPANS.findIndex(([, length]) => whole >= length),
      );
      const from = whole === 0 ? SPANS.length - 1 : first;
      let left = whole;
      const parts = SPANS.slice(from, from + 2).map(([, length], index) => {
        const amount = Math.floor(left / length);
        left -= amount * length;
        return (spans[from + index] ?? count)().format(amount);
      });
      return parts.join(" ");
    },
  };
}
