import type { Translate } from '../../ui/messages/translator.ts'
import { type Block, text } from './content.ts'
import { unlinked } from './unlinked.ts'

/** A thief may have let in any number. */
const MOST = 20

/** Which of them lost their access, because somebody else may have given it. */
export function applicationsLost(t: Translate, names: readonly string[] = []): Block[] {
  if (names.length === 0) return []
  const shown = names.slice(0, MOST).map(unlinked).join(', ')
  return [text(t('mail.notice.applications', { names: names.length > MOST ? `${shown}, …` : shown }))]
}
