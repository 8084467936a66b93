/** What is told to whoever it happened to, whether or not they did it themselves. Each has a letter, and a line on its page. */
export const noticeNames = [
  'new-device',
  'password-changed',
  'email-changed',
  'factor-added',
  'factor-removed',
  'backup-code-used',
  'account-locked',
  'tokens-replayed',
  'api-key-created',
  'api-key-rotated',
  'api-key-leaked',
] as const

/** Which kind came or went, where it is about one. */
export const toldFactors = ['passkey', 'totp', 'email-code', 'backup-code'] as const
export type ToldFactor = (typeof toldFactors)[number]
export type NoticeName = (typeof noticeNames)[number]
