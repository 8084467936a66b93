import type { Translate } from '../../ui/messages/translator.ts'
import { aside, type Block } from './content.ts'
import { lasting } from './when.ts'

export const validity = (t: Translate, minutes: number): Block =>
  aside(t('mail.validFor', { time: lasting(minutes, t.language.tag) }))
