import { Hono } from 'hono'
import { z } from 'zod'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { trustedBrowserId } from '../../trusted-browsers/trusted-browser.ts'
import { page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { doneInSecurity, SecurityPage } from '../pages/security/overview.tsx'
import { paths } from '../paths.ts'
import type { OwnFactors, StepUpRules } from '../ports.ts'
import type { PutOff } from '../put-off.ts'
import type { ForViewer } from '../viewer.ts'
import { doneHere } from './answers.ts'
import { ownedBy } from './owned.ts'

interface SecurityOverviewDeps {
  readonly db: Db
  readonly forViewer: ForViewer
  readonly putOff: PutOff
  readonly own: OwnFactors
  readonly stepUp: Pick<StepUpRules, 'counting'>
  readonly clock: Clock
}

const browserForm = z.strictObject({ browser: trustedBrowserId.schema })
/** A link may carry anything; what is not ours says nothing. */
const doneThing = z.enum(doneInSecurity).optional().catch(undefined)

/** To look asks for nothing but the session; nor does ending a trust, which takes from whoever holds it and gives nobody anything. */
export function securityOverviewRoutes({
  db,
  forViewer,
  putOff,
  own,
  stepUp,
  clock,
}: SecurityOverviewDeps): Hono<HttpEnv> {
  const here = { page: paths.security }
  const ending = { ...here, ends: true } as const
  const owned = ownedBy(own)
  const { trustedBrowsers, trustCookie } = own

  return new Hono<HttpEnv>()
    .get(
      paths.security,
      forViewer(here, async (c, { user }) => {
        const done = doneThing.parse(c.req.query('done'))
        const hasChanged = done === 'passkey' || done === 'renamed' || done === 'removed'
        return page(
          c,
          <SecurityPage
            t={languageOf(c)}
            user={user}
            owned={await owned(user.id, trustCookie.of(c))}
            counting={stepUp.counting}
            trustIsOffered={trustedBrowsers.lifetime > 0}
            now={clock.now()}
            done={done}
            enrolmentDue={await putOff(user.id)}
            signal={hasChanged ? await own.passkeys.signalFor(user) : undefined}
          />,
        )
      }),
    )
    .post(
      paths.endBrowser,
      forViewer(ending, async (c, { user, by }) => {
        const { browser } = await readForm(c, browserForm)
        await inTransaction(db, (tx) => trustedBrowsers.end(tx, by, { user: user.id, id: browser }))
        return doneHere(c, 'browser')
      }),
    )
    .post(
      paths.endBrowsers,
      forViewer(ending, async (c, { user, by }) => {
        await readForm(c, emptyForm)
        await inTransaction(db, (tx) => trustedBrowsers.endAllOf(tx, by, user.id, 'ended-by-owner'))
        return doneHere(c, 'browsers')
      }),
    )
}
