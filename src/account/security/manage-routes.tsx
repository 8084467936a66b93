import { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { page } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { KeptPage, RemovePage } from '../pages/security/remove.tsx'
import { RenamePage } from '../pages/security/rename.tsx'
import { paths } from '../paths.ts'
import type { OwnFactors } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'
import { doneHere, goTo, seenIn } from './answers.ts'
import type { FactorChanges } from './factors.ts'
import { mailboxToRemove } from './mailbox-page.ts'
import { notedRename, type RenameNote } from './notes.ts'
import { findOwned, type Owned, ownedBy } from './owned.ts'
import { factorOf, pageAbout, whatIn, withWhat } from './what.ts'

interface ManageRoutesDeps {
  readonly forViewer: ForViewer
  readonly changes: FactorChanges
  readonly own: OwnFactors
  readonly notes: Notes
}

const renameForm = z.strictObject({ name: z.string().default('') })

const isLastOf = ({ passkeys, apps, emailCode }: Owned) => passkeys.length + apps.length + (emailCode ? 1 : 0) === 1

/** What is not one's own is not told apart from what there is not: both lead back to the list. */
export function manageRoutes({ forViewer, changes, own, notes }: ManageRoutesDeps): Hono<HttpEnv> {
  const owned = ownedBy(own)
  const renaming = { page: pageAbout(paths.renameFactor), fresh: true } as const
  const removing = { page: pageAbout(paths.removeFactor), fresh: true } as const

  return new Hono<HttpEnv>()
    .get(
      paths.renameFactor,
      forViewer(renaming, async (c, visit) => {
        const what = whatIn(c)
        const name = what && findOwned(await owned(visit.user.id), what)?.name
        if (what === undefined || name === undefined) return goTo(c, paths.security)
        const note: RenameNote = (await notes.take(c, notedRename(visit, what))) ?? { name }
        return page(
          c,
          <RenamePage t={languageOf(c)} what={what} name={name} typed={note.name} problem={note.problem} />,
        )
      }),
    )
    .post(
      paths.renameFactor,
      forViewer(renaming, async (c, visit) => {
        const { name: typed } = await readForm(c, renameForm)
        const what = whatIn(c)
        if (what === undefined) return goTo(c, paths.security)
        const renamed = await changes.rename(visit, what, typed)
        if (renamed.ok) return doneHere(c, 'renamed')
        if (renamed.error !== 'name-invalid') return goTo(c, withWhat(paths.renameFactor, what))
        const name = findOwned(await owned(visit.user.id), what)?.name ?? ''
        const problem = typed.trim() === '' ? 'missing' : 'invalid'
        return notes.answer(c, notedRename(visit, what), {
          note: { name: typed, problem },
          to: languageOf(c).carry(withWhat(paths.renameFactor, what)),
          inPlace: () =>
            page(c, <RenamePage t={languageOf(c)} what={what} name={name} typed={typed} problem={problem} />, 422),
        })
      }),
    )
    .get(
      paths.removeFactor,
      forViewer(removing, async (c, visit) => {
        const what = whatIn(c)
        const theirs = await owned(visit.user.id)
        const found = what && findOwned(theirs, what)
        if (what === undefined || !found) return goTo(c, paths.security)
        const t = languageOf(c)
        const { name } = found
        const why = await changes.removalRefusal(visit, what)
        if (why) return page(c, <KeptPage t={t} name={name} why={why} />)
        if (visit.mailbox === 'due') return goTo(c, mailboxToRemove(what))
        const [isLast, endsTrust] = [isLastOf(theirs), theirs.browsers.length > 0]
        const factor = factorOf(what)
        return page(
          c,
          <RemovePage t={t} what={what} factor={factor} name={name} isLast={isLast} endsTrust={endsTrust} />,
        )
      }),
    )
    .post(
      paths.removeFactor,
      forViewer(removing, async (c, visit) => {
        await readForm(c, emptyForm)
        const what = whatIn(c)
        if (what === undefined) return goTo(c, paths.security)
        const removed = await changes.remove({ ...visit, ...seenIn(c) }, what)
        // Refused: the page judges it anew, and says why.
        if (!removed.ok) return goTo(c, withWhat(paths.removeFactor, what))
        return doneHere(c, what === 'email-code' ? 'email-code-off' : 'removed')
      }),
    )
}
