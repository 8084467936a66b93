import { encode } from 'uqr'
import type { Secret } from '../lib/secret.ts'

interface QrCodeProps {
  readonly value: Secret<string>
  /** Whoever does not see it is told what it is; what it says stands beside it as text. */
  readonly label: string
}

/** ISO/IEC 18004 §6.3.8: so many modules of nothing around it, or cameras do not find it. */
const QUIET = 4

/**
 * Drawn by this page itself, black on white in the dark, too: cameras expect that, and whoever makes such pictures for
 * others gets to know the secret.
 */
export const QrCode = ({ value, label }: QrCodeProps) => {
  const { size, data } = encode(value.reveal(), { ecc: 'M', border: QUIET })
  return (
    <svg class="qr-code" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path fill="#ffffff" d={`M0 0h${size}v${size}H0z`} />
      <path fill="#000000" d={darkRuns(data)} />
    </svg>
  )
}

/** Each run of dark modules in a row is one rectangle. */
const darkRuns = (rows: readonly (readonly boolean[])[]): string =>
  rows.flatMap((row, y) => runsIn(row).map(({ start, length }) => `M${start} ${y}h${length}v1h-${length}z`)).join('')

function runsIn(row: readonly boolean[]): { start: number; length: number }[] {
  const text = row.map((dark) => (dark ? '1' : '0')).join('')
  return [...text.matchAll(/1+/g)].map(({ 0: run, index }) => ({ start: index, length: run.length }))
}
