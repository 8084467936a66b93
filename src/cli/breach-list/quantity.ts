const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** `2.3 GB`: decimal, as disks are sold. */
export function bytesInWords(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1000 ** step
  return `${step === 0 ? value : value.toPrecision(3)} ${units[step]}`
}

export const countInWords = (count: number): string => Math.round(count).toLocaleString('en-US')

/** `1 in 69,113` */
export const rateInWords = (rate: number): string => (rate > 0 ? `1 in ${countInWords(1 / rate)}` : 'none')
