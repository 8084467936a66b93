import { de } from './de.ts'
import { en } from './en.ts'
import { type Language, languageOf } from './language.ts'
import { lookUp } from './look-up.ts'
import type { Messages } from './message.ts'
import { type Address, type Translate, translator } from './translator.ts'

/** What an operator's files add: single texts of a language of ours, or a language of their own. */
export type Overrides = ReadonlyMap<string, Partial<Messages>>

/** All the languages that this instance speaks. */
export interface Words {
  readonly languages: readonly Language[]
  /** The tag of the first wish that is spoken here; undefined where none is. */
  choose(wishes: readonly string[]): string | undefined
  /** English where the tag is none of ours. */
  speak(tag: string | undefined, address?: Address): Translate
}

const builtIn: Readonly<Record<string, Messages>> = { en, de }

/** Copied only where something is put over them: a thousand texts, several times a start. */
const textsOf = (ours: Partial<Messages> | undefined, over: Partial<Messages> | undefined): Partial<Messages> =>
  ours && !over ? ours : { ...ours, ...over }

export function createWords(overrides: Overrides = new Map()): Words {
  const tags = [...new Set([...Object.keys(builtIn), ...overrides.keys()])]
  const spoken = new Map(
    tags.flatMap((tag) => {
      const language = languageOf(tag)
      return language ? [[language.tag, { language, texts: textsOf(builtIn[tag], overrides.get(tag)) }]] : []
    }),
  )
  const english = { language: { tag: 'en', name: 'English', dir: 'ltr' }, texts: en } as const
  return {
    languages: [...spoken.values()].map(({ language }) => language),
    choose: (wishes) => lookUp(wishes, [...spoken.keys()]),
    speak(tag, address) {
      const { language, texts } = spoken.get(tag ?? 'en') ?? spoken.get('en') ?? english
      return translator(language, texts, address)
    },
  }
}
