import { shippedFilter } from '../../breaches/common/shipped.ts'
import { openFilter } from '../../breaches/filter/reader.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Check, type Finding, failure, fine, warning } from './finding.ts'

/** Whether the lists of passwords that nobody should have can be looked into. */
export const breachesCheck: Check = {
  subject: 'breaches',
  examine: async ({ config: { breaches } }) => [
    await look(shippedFilter, 'the shipped list of common passwords'),
    breaches.filter === undefined
      ? none(breaches.service)
      : await look(breaches.filter, 'the list of breached passwords'),
  ],
}

const none = (service: string): Finding =>
  service === 'off'
    ? warning(
        'stolen passwords are refused only if they are common ones: no list of breached passwords is set',
        'Build one and set breaches.filter: docs/guides/breached-passwords.md.',
      )
    : fine(`stolen passwords are looked up at ${service}`)

async function look(path: string, what: string): Promise<Finding> {
  try {
    const filter = await openFilter(path)
    const { entries } = filter.header
    await filter.close()
    return fine(`${what} has ${entries.toLocaleString('en-US')} entries`)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return failure(`${what} cannot be used: ${error.message}`, error.cure)
  }
}
