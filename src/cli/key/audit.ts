import type { Output } from '../output.ts'

export const describeAuditRotation = (done: { readonly active: string; readonly retired: string | null }): Output => ({
  text: [
    `${done.active} signs the heads of the audit log from now on.`,
    ...(done.retired === null
      ? ['It is the first: give it to whoever verifies the log, by another way than this server.']
      : [
          `${done.retired} has endorsed it and signs nothing more; its private half is erased from the database.`,
          'Whoever trusts the one before needs nothing: what is exported carries the endorsement.',
        ]),
  ].join('\n'),
  json: done,
})
