import { basic } from './basic.ts'
import { drop } from './drop.ts'
import { monetro } from './monetro.ts'
import { moneyOs } from './money-os.ts'
import { storno } from './storno.ts'
import type { Template } from './template.ts'
import { toster } from './toster.ts'

/** What an organisation has that names none. */
export const DEFAULT_TEMPLATE = basic.key

export const templates: readonly Template[] = [basic, monetro, storno, toster, drop, moneyOs]

export const templateNamed = (key: string): Template | undefined => templates.find((one) => one.key === key)
