/** Every page of this room, and the two that letters lead to. */
export const paths = {
  overview: '/account',
  signedIn: '/account/signed-in',
  password: '/account/password',
  email: '/account/email',
  emailAgain: '/account/email/again',
  withdrawEmail: '/account/email/withdraw',
  verifyEmail: '/account/email/verify',
  security: '/account/security',
  beginApp: '/account/security/apps/begin',
  addApp: '/account/security/apps/add',
  addPasskey: '/account/security/passkeys/add',
  passkeyOptions: '/account/security/passkeys/options',
  sendEmailCode: '/account/security/email-code/send',
  addEmailCode: '/account/security/email-code/add',
  mailbox: '/account/security/mailbox',
  sendMailboxCode: '/account/security/mailbox/send',
  backupCodes: '/account/security/backup-codes',
  renameFactor: '/account/security/rename',
  removeFactor: '/account/security/remove',
  endBrowser: '/account/security/browsers/end',
  endBrowsers: '/account/security/browsers/end-all',
  applications: '/account/applications',
  removeApplication: '/account/applications/remove',
  organisations: '/account/organisations',
  leaveOrganisation: '/account/organisations/leave',
  forgetChoice: '/account/organisations/forget',
  sessions: '/account/sessions',
  endSession: '/account/sessions/end',
  endOthers: '/account/sessions/end-others',
  confirmEmail: '/link/change-email',
  emailConfirmed: '/link/change-email/done',
  undoEmail: '/link/undo-email-change',
  emailRestored: '/link/undo-email-change/done',
  accountShut: '/link/undo-email-change/locked',
  signOut: '/oauth/logout',
  recover: '/recover',
} as const

export type AccountPath = `/account${string}`

/** In the query, which no log of ours holds. */
export const withToken = (path: typeof paths.confirmEmail | typeof paths.undoEmail, token: string): `/${string}` =>
  `${path}?token=${token}`
