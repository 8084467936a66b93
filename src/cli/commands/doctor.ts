import { connectionFailure } from '../../db/failure.ts'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { reachTarget } from '../../instance/target.ts'
import { defineCommand } from '../command.ts'
import { addressCheck } from '../doctor/address.ts'
import { applicationsCheck } from '../doctor/applications.ts'
import { auditCheck } from '../doctor/audit.ts'
import { breachesCheck } from '../doctor/breaches.ts'
import { chainCheck } from '../doctor/chain.ts'
import { databaseCheck } from '../doctor/database.ts'
import { filesCheck } from '../doctor/files.ts'
import { type Finding, failure, type Patient } from '../doctor/finding.ts'
import { keysCheck } from '../doctor/keys.ts'
import { licenseCheck } from '../doctor/license.ts'
import { limitsCheck } from '../doctor/limits.ts'
import { mailCheck } from '../doctor/mail.ts'
import { placesCheck } from '../doctor/places.ts'
import { queueCheck } from '../doctor/queue.ts'
import { runtimeCheck } from '../doctor/runtime.ts'
import type { Output } from '../output.ts'

const checks = [
  addressCheck,
  filesCheck,
  databaseCheck,
  keysCheck,
  queueCheck,
  mailCheck,
  limitsCheck,
  runtimeCheck,
  breachesCheck,
  placesCheck,
  licenseCheck,
  applicationsCheck,
  chainCheck,
  auditCheck,
]

export const command = defineCommand({
  summary: 'look at this installation and say what is wrong and what mends it',
  build: (command, context) => {
    command.addHelpText('after', '\nExit code 0: nothing is wrong (there may be warnings). 1: something is.').action(
      context.answers(async () => {
        const config = context.config()
        const held = await reachTarget(config, context.log).catch(neverStarted)
        if ('findings' in held) return report([held])
        try {
          return report(await examine({ config, target: held.target, log: context.log }))
        } finally {
          await held.release()
        }
      }),
    )
  },
})

type Report = { readonly subject: string; readonly findings: readonly Finding[] }[]

/** The doctor's first finding, and the only one where there is nothing to look at. */
function neverStarted(error: unknown): Report[number] {
  if (!(error instanceof AppError) || error.code !== 'never-started') throw error
  return { subject: 'instance', findings: [failure(`nothing has been started here yet: ${error.message}`, error.cure)] }
}

async function examine(patient: Patient): Promise<Report> {
  const report: Report = []
  for (const { subject, examine } of checks) report.push({ subject, findings: await examine(patient).catch(asFinding) })
  return report
}

/** What stops one check is a finding of its own, and no reason to keep the others back. */
function asFinding(error: unknown): Finding[] {
  const known = connectionFailure(error)
  if (!(known instanceof AppError)) throw error
  return [failure(known.detail ?? known.entry.title, known.cure)]
}

const signs = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

function report(subjects: Report): Output {
  const lines = subjects.flatMap(({ subject, findings }) =>
    findings.flatMap(({ level, text, cure }) => [
      `${signs[level]} ${subject}: ${text}`,
      ...(cure ? [`     → ${cure}`] : []),
    ]),
  )
  const wrong = subjects.some(({ findings }) => findings.some(({ level }) => level === 'fail'))
  return {
    text: lines.join('\n'),
    json: { healthy: !wrong, checks: subjects },
    exit: wrong ? ExitCode.findings : ExitCode.ok,
  }
}
