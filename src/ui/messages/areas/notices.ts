/** What is told to whoever it happened to, whether or not they did it themselves. Each has a letter, and a line on its page. */
export const noticeNames = [
  'new-device',
  'password-changed',
  'email-changed',
  'factor-added',
  'factor-removed',
  'account-locked',
  'tokens-replayed',
  'api-key-created',
  'api-key-leaked',
] as const
export type NoticeName = (typeof noticeNames)[number]
