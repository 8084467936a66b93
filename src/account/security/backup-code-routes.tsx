import { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { MakeCodesPage, NewCodesPage } from '../pages/security/backup-codes.tsx'
import { doneInSecurity } from '../pages/security/overview.tsx'
import { paths } from '../paths.ts'
import type { OwnFactors, StepUpRules } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'
import { goTo, seenIn } from './answers.ts'
import type { FactorChanges } from './factors.ts'
import { mailboxFor } from './mailbox-page.ts'
import { hasSecondFactor, ownedBy } from './owned.ts'

interface BackupCodeRoutesDeps {
  readonly forViewer: ForViewer
  readonly changes: Pick<FactorChanges, 'newBackupCodes'>
  readonly own: OwnFactors
  readonly stepUp: Pick<StepUpRules, 'counting'>
  readonly issuerUrl: string
}

const doneThing = z.enum(doneInSecurity).optional().catch(undefined)

export function backupCodeRoutes(deps: BackupCodeRoutesDeps): Hono<HttpEnv> {
  const { forViewer, changes, own, stepUp, issuerUrl } = deps
  const here = { page: paths.backupCodes, fresh: true } as const
  const isOffered = stepUp.counting.includes('backup-code')
  const owned = ownedBy(own)
  const { host } = new URL(issuerUrl)

  return new Hono<HttpEnv>()
    .get(
      paths.backupCodes,
      forViewer(here, async (c, { user, mailbox }) => {
        const theirs = await owned(user.id)
        if (!isOffered || !hasSecondFactor(theirs)) return goTo(c, paths.security)
        if (mailbox === 'due') return goTo(c, mailboxFor('backup-codes'))
        const replaces = theirs.backupCodes !== undefined
        const done = doneThing.parse(c.req.query('done'))
        return page(c, <MakeCodesPage t={languageOf(c)} replaces={replaces} done={done} />)
      }),
    )
    .post(
      paths.backupCodes,
      forViewer(here, async (c, visit) => {
        await readForm(c, emptyForm)
        const made = isOffered && (await changes.newBackupCodes({ ...visit, ...seenIn(c) }))
        if (made === false || !made.ok) return goTo(c, paths.backupCodes)
        // Answered in place, the one exception to "post, redirect, get": they stand nowhere from where a page could show
        // them. Sent again it makes new ones and shows those, so what was shown last is always good.
        return page(c, <NewCodesPage t={languageOf(c)} codes={made.value} account={visit.user.email} host={host} />)
      }),
    )
}
