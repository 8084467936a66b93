import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { isMap, isScalar } from 'yaml'
import type { Config } from '../config/config.ts'
import { nearest } from '../config/nearest.ts'
import { configInvalid, type Problem, quotedName } from '../config/problem.ts'
import { readText } from '../config/read-text.ts'
import { parseYaml } from '../config/yaml.ts'
import { languageOf } from '../ui/messages/language.ts'
import type { MessageKey, Messages } from '../ui/messages/message.ts'
import { isReplaceable, replaceable, whyNot } from '../ui/messages/override.ts'
import { createWords, type Words } from '../ui/messages/words.ts'

const FILE_LIMIT = 256 * 1024

/** Ours, and what the operator's files say otherwise. A mistake in one of them stops the start, like any of the configuration. */
export function loadWords({ ui }: Config): Words {
  if (ui.messagesDir === undefined) return createWords()
  const problems: Problem[] = []
  const overrides = new Map<string, Partial<Messages>>()
  for (const name of filesIn(ui.messagesDir)) {
    const path = join(ui.messagesDir, name)
    const complain = (reason: string, line?: number) =>
      problems.push({ where: line === undefined ? path : `${path}:${line}`, reason })
    const language = languageOf(name.slice(0, -extname(name).length))
    if (extname(name) !== '.yaml' || !language) complain('expected the name of a language, like de.yaml or pt-BR.yaml')
    else overrides.set(language.tag, textsIn(path, complain))
  }
  if (problems.length > 0) throw configInvalid(problems)
  return createWords(overrides)
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /\.ya?ml$/i.test(name))
  } catch {
    throw configInvalid([{ where: 'ui.messagesDir', reason: 'expected a directory that Hearthkey may read' }])
  }
}

type Complain = (reason: string, line?: number) => void

function textsIn(path: string, complain: Complain): Partial<Messages> {
  const text = readText(path, FILE_LIMIT)
  if (!text.ok) {
    complain(`cannot be read: ${text.error}`)
    return {}
  }
  const { root, lineAt, problems } = parseYaml(text.value)
  for (const { line, reason } of problems) complain(reason, line)
  if (problems.length > 0 || root === null) return {}
  if (!isMap(root)) {
    complain('expected one text a line, like login.submit: "Sign in"', 1)
    return {}
  }
  const texts: Partial<Record<MessageKey, string>> = {}
  for (const { key, value } of root.items) {
    const name = String(isScalar(key) ? key.value : key)
    const text: unknown = isScalar(value) ? value.value : undefined
    const reason = isReplaceable(name) ? whyNot(name, text) : unknownKey(name)
    if (reason !== undefined) complain(reason, lineAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0))
    else Object.assign(texts, { [name]: text })
  }
  return texts
}

const candidates = replaceable.map((name) => ({ name, spellings: [name] }))

function unknownKey(name: string): string {
  const meant = nearest(name, candidates)
  return `there is no text ${quotedName(name)}${meant === undefined ? '' : `: did you mean ${meant}?`}`
}
