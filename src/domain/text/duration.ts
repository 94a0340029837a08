const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of a duration written as `500ms`, `30s`, `10m`, `24h` or `30d`; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined || !isUnit(unit)) return undefined
  const ms = Number(digits) * units[unit]
  return Number.isSafeInteger(ms) ? ms : undefined
}

function isUnit(unit: string): unit is keyof typeof units {
  return unit in units
}
