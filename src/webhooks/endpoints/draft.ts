import { fail, ok, type Result } from '../../lib/result.ts'
import type { ChoiceFault, JudgeChoice } from './choice.ts'
import { type EndpointDraft, isEndpointName } from './endpoint.ts'
import type { Authority } from './ports.ts'
import type { JudgeUrl, UrlFault } from './url.ts'

export type DraftFault =
  | ChoiceFault
  | { readonly reason: 'name-invalid' | 'personal-not-allowed' }
  | { readonly reason: 'url-refused'; readonly why: UrlFault }

export interface Judges {
  readonly judgeUrl: JudgeUrl
  readonly judgeChoice: JudgeChoice
}

export function judgeDraft(
  { judgeUrl, judgeChoice }: Judges,
  authority: Authority,
  draft: EndpointDraft,
): Result<EndpointDraft, DraftFault> {
  if (!isEndpointName(draft.name)) return fail({ reason: 'name-invalid' })
  const url = judgeUrl(draft.url)
  if (!url.ok) return fail({ reason: 'url-refused', why: url.error })
  const events = judgeChoice(draft.events)
  if (!events.ok) return events
  // It says of people what the log of events says of them: nobody reads it by this way who may not read it there.
  if (draft.personal && !authority.allows('audit.read')) return fail({ reason: 'personal-not-allowed' })
  return ok({ ...draft, url: url.value, events: events.value })
}
