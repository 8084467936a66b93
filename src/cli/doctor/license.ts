import { usedOf } from '../../instance/licenses.ts'
import { openServices } from '../../instance/services.ts'
import { systemClock } from '../../lib/clock.ts'
import { counts } from '../../licenses/license/standing.ts'
import { nearOf, type Status, statusSentence } from '../../licenses/status.ts'
import { keyProblems } from '../license/refusal.ts'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

/** Whether the licence counts, how long it will, and how near its limits are. */
export const licenseCheck: Check = {
  subject: 'licence',
  examine: async ({ config, target, log }) => {
    const actor = { kind: 'operator', id: 'doctor' } as const
    const services = await openServices({ config, target, clock: systemClock, log, actor, bootstrap: false })
    try {
      const status = await services.licenses.status()
      const used = await usedOf(services.database)
      const near = nearOf(status, used).map(({ limited, used, limit }) =>
        warning(`${used} of ${limit} ${limited} are used`, 'Ask your vendor for a larger licence in time.'),
      )
      const bad = keyProblems(status.keys).map((problem) =>
        warning(problem, 'Put the public key of your vendor there, as PEM or JWKS.'),
      )
      return [standingOf(status), ...near, ...bad]
    } finally {
      await services.close()
    }
  },
}

function standingOf(status: Status): Finding {
  const { standing, required, setBack } = status
  const said = statusSentence(status)
  if (setBack)
    return warning(
      said,
      'Set the clock right. If it once stood in the future, a newly issued licence sets the time anew.',
    )
  if (!standing) return required ? failure(said, 'Install one: hearthkey license install <file>') : fine(said)
  if (!counts(standing)) return failure(said, 'hearthkey license status says more; install the next licence.')
  return standing.state === 'valid' ? fine(said) : warning(said, 'Install the next licence before then.')
}
