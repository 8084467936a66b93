import { type Document, type ErrorCode, LineCounter, parseDocument, visit } from 'yaml'

interface YamlProblem {
  readonly line: number
  readonly reason: string
}

export interface YamlFile {
  readonly root: Document.Parsed['contents']
  lineAt(offset: number): number
  readonly problems: readonly YamlProblem[]
}

const AT_MOST = 5

/** The library's own sentences quote the text around a mistake, which may be a secret; these do not. */
const reasons: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab indents this line: YAML allows spaces only',
  DUPLICATE_KEY: 'this key stands twice in its section: keep one',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BLOCK_AS_IMPLICIT_KEY: 'two ":" stand in one line: put quotes around the value',
  MISSING_CHAR: 'something is not closed: a quote, a bracket or a ":" is missing',
  MULTIPLE_DOCS: 'a second document begins here ("---"): one file holds one',
  NON_STRING_KEY: 'a key must be a plain name',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  RESOURCE_EXHAUSTION: 'the nesting is too deep',
}

/** YAML 1.2, plain data only. Aliases are refused: no setting needs them, and a few lines of them unfold to gigabytes. */
export function parseYaml(text: string): YamlFile {
  const lines = new LineCounter()
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const problems = document.errors.map(({ code, pos }) => ({
    line: lineAt(pos[0]),
    reason: reasons[code] ?? 'this is not valid YAML',
  }))
  for (const { pos } of document.warnings)
    problems.push({ line: lineAt(pos[0]), reason: 'tags ("!name") are not supported: write a plain value' })
  visit(document, {
    Alias: (_key, alias) => {
      const reason = 'aliases ("*name") are not supported: write the value out'
      problems.push({ line: lineAt(alias.range?.[0] ?? 0), reason })
    },
  })
  return { root: document.contents, lineAt, problems: problems.slice(0, AT_MOST) }
}
