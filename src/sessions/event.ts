import type { Device } from './device.ts'
import type { SessionEvent } from './ports.ts'
import type { EndReason, SessionId } from './session.ts'
import type { SessionRow } from './store.ts'

const personal = ({ user }: SessionRow, device: Device | undefined) =>
  device && {
    personal: {
      personId: user,
      fields: { browser: device.browser ?? null, system: device.system ?? null, kind: device.kind ?? null },
    },
  }

export const started = (row: SessionRow, device: Device): SessionEvent => ({
  action: 'session.started',
  target: row.id,
  after: { public: { user: row.user, amr: row.amr, acr: row.acr }, ...personal(row, device) },
})

interface Standing {
  readonly user: SessionRow['user']
  readonly amr: readonly string[]
  readonly acr: string
}

export const strengthened = (
  session: SessionId,
  before: Pick<Standing, 'amr' | 'acr'>,
  { user, amr, acr }: Standing,
): SessionEvent => ({
  action: 'session.strengthened',
  target: session,
  before: { public: { user, amr: before.amr, acr: before.acr } },
  after: { public: { amr, acr } },
})

/** Nothing of the device: to forget that is what it is for. */
export const forgotten = ({ id, user }: Pick<SessionRow, 'id' | 'user'>): SessionEvent => ({
  action: 'session.forgotten',
  target: id,
  before: { public: { user } },
})

/** `device` is undefined for somebody who was erased. */
export const ended = (row: SessionRow, device: Device | undefined, reason: EndReason): SessionEvent => ({
  action: 'session.ended',
  target: row.id,
  before: { public: { user: row.user }, ...personal(row, device) },
  after: { public: { reason } },
})
