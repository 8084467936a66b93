import type { Device } from '../sessions/device.ts'
import type { Translate } from '../ui/messages/translator.ts'

/** For its owner to recognise it by; undefined for one that said nothing of itself. */
export const deviceText = (t: Translate, { browser, system }: Device): string | undefined =>
  browser && system ? t('account.device', { browser, system }) : (browser ?? system)
