import type { Proof } from './factor.ts'

/**
 * `acr`, weakest first: one factor; two, of which one is a mailed code or a trusted browser; two, neither of those; a
 * passkey, which no page that poses as ours can use.
 */
export const levels = ['aal1', 'mfa', 'aal2', 'phr'] as const
export type Level = (typeof levels)[number]

export const isLevel = (text: string): text is Level => levels.some((level) => level === text)

/** A level that nobody knows is below all: it opens nothing. */
export const reaches = (level: string, least: Level): boolean =>
  isLevel(level) && levels.indexOf(level) >= levels.indexOf(least)

export function levelOf(proofs: readonly Proof[]): Level {
  const has = (...wanted: readonly Proof['factor'][]) => proofs.some(({ factor }) => wanted.includes(factor))
  const hasPassword = has('password')
  if (proofs.some((proof) => proof.factor === 'passkey' && (proof.verified || hasPassword))) return 'phr'
  if (!hasPassword) return 'aal1'
  if (has('totp', 'backup-code')) return 'aal2'
  return has('email-code', 'trusted-browser') ? 'mfa' : 'aal1'
}
