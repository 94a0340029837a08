const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Formats a size in the largest fitting unit, such as `512 bytes` or `1.5 GiB`. */
export function byteText(bytes: number): string {
  const power = bytes < 1_024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const count = bytes / 1_024 ** power
  return `${power === 0 ? count : count.toFixed(1).replace(/\.0$/, '')} ${units[power] ?? ''}`
}
