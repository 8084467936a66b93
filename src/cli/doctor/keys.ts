import { openServices } from '../../instance/services.ts'
import { systemClock } from '../../lib/clock.ts'
import { type Check, type Finding, fine, warning } from './finding.ts'

const DAY = 24 * 60 * 60 * 1000

/** Whether the master key opens what the database holds: asked in the way that the server asks at its start. */
export const keysCheck: Check = {
  subject: 'keys',
  examine: async ({ config, target, log }) => {
    const actor = { kind: 'operator', id: 'doctor' } as const
    const services = await openServices({ config, target, clock: systemClock, log, actor, bootstrap: false })
    try {
      const { active } = await services.signing.current.fresh()
      const rows = await services.signing.keys.list()
      const since = rows.find(({ kid }) => kid === active.kid)?.activated_at
      return [fine('the master key opens the keys in the database'), ageOf(since ?? undefined, config.keys.rotateEvery)]
    } finally {
      await services.close()
    }
  },
}

function ageOf(activatedAt: Date | undefined, rotateEvery: number): Finding {
  const days = Math.floor((systemClock.now().getTime() - (activatedAt?.getTime() ?? 0)) / DAY)
  // The rotation runs every hour: half a day late means that it does not run.
  return days * DAY > rotateEvery + DAY / 2
    ? warning(
        `the signing key is ${days} days old and should have been rotated`,
        'See that the server runs; then look for signing_keys.maintain in its log.',
      )
    : fine(`the signing key is ${days} days old`)
}
