import type { Child } from 'hono/jsx'
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts'
import { en } from './en.ts'
import type { Language } from './language.ts'
import type { MessageKey, Messages, PageKey, Parameters } from './message.ts'
import { pieces } from './template.ts'

type Values = Readonly<Record<string, unknown>>

/** The same page in one of the languages. */
export interface Choice extends Language {
  readonly href: string
}

/** What the address of this request has to do with language. */
export interface Address {
  /** In an order that stays; empty where there is nothing to choose. */
  readonly choices: readonly Choice[]
  /** A path that stays in the language that was chosen on this page, where one was. */
  readonly carry: (path: `/${string}`) => `/${string}`
}

export interface Translate extends Address {
  <Key extends PageKey>(key: Key, ...values: Parameters<Key, string | number>): string
  /** With elements for parameters: a name set in type of its own, and isolated from the direction of the sentence. */
  rich<Key extends PageKey>(key: Key, ...values: Parameters<Key, Child>): Child
  /** In English where the language has no words for it. */
  error(code: ErrorCode): ErrorText
  readonly language: Language
}

export interface ErrorText {
  readonly title: string
  readonly cure: string
  /** Of the two texts. */
  readonly lang: string
}

const nowhere: Address = { choices: [], carry: (path) => path }

/** Texts of one language; what a file leaves out is said in English. */
export function translator(language: Language, texts: Partial<Messages>, address: Address = nowhere): Translate {
  let numbers: Intl.NumberFormat | undefined
  const written = (value: number) => {
    // Few pages have a number, and what a language does with them takes milliseconds to read.
    numbers ??= new Intl.NumberFormat(language.tag)
    return numbers.format(value)
  }
  const textOf = (key: PageKey): string => texts[key] ?? en[key]
  const inline = (value: unknown) => (typeof value === 'number' ? written(value) : String(value))

  const translate = <Key extends PageKey>(key: Key, ...[values]: Parameters<Key, string | number>): string =>
    pieces(textOf(key), (name) => inline(valueIn(values, name))).join('')

  const rich = <Key extends PageKey>(key: Key, ...[values]: Parameters<Key, Child>): Child =>
    pieces(textOf(key), (name) => childIn(values, name))

  return Object.assign(translate, { rich, error: errorTexts(language, texts), language, ...address })
}

const valueIn = (values: Values | undefined, name: string): unknown => values?.[name] ?? ''
const childIn = (values: Readonly<Record<string, Child>> | undefined, name: string): Child => values?.[name]

const errorTexts =
  (language: Language, texts: Partial<Messages>) =>
  (code: ErrorCode): ErrorText => {
    const say = (part: 'title' | 'cure'): string | undefined => texts[`error.${code}.${part}` satisfies MessageKey]
    const { title, cure } = catalogue[code]
    const [ownTitle, ownCure] = [say('title'), say('cure')]
    const lang = ownTitle === undefined && ownCure === undefined ? 'en' : language.tag
    return { title: ownTitle ?? title, cure: ownCure ?? cure, lang }
  }
