import { resolve } from 'node:path'
import type { Finding } from '../../breaches/breaches.ts'
import { openFilter } from '../../breaches/filter/reader.ts'
import { createBreaches } from '../../breaches/service.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { Secret } from '../../lib/secret.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'

const texts: Readonly<Record<Finding, string>> = {
  common: 'known: it is common, or a common word in disguise.',
  breached: 'known: it is in the list of breached passwords.',
  unknown: 'unknown: it is in none of the lists here.',
}

/** Offline always: what somebody tries here is no sign-in, and leaves this machine in no form. */
export async function check(context: CliContext, options: { readonly filter?: string }): Promise<Output> {
  const { clock, log, cwd } = context
  const filter = options.filter === undefined ? context.config().breaches.filter : resolve(cwd, options.filter)
  // Before anything is asked, and with the name of the file in the error.
  if (filter !== undefined) await (await openFilter(filter)).close()
  const breaches = createBreaches({ settings: { filter, service: 'off' }, clock, log })
  try {
    const found = await breaches.find(new Secret(await context.askSecret('Password: ')))
    const text = filter === undefined && found === 'unknown' ? `${texts.unknown}\n${ONLY_SHIPPED}` : texts[found]
    const json = { known: found !== 'unknown', found, filter: filter ?? null }
    return { text, json, exit: found === 'unknown' ? ExitCode.ok : ExitCode.findings }
  } finally {
    await breaches.close()
  }
}

const ONLY_SHIPPED = 'Only the shipped list of common passwords was looked into: breaches.filter is not set.'
