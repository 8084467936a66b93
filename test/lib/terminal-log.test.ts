import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/lib/log.ts'
import { terminalLog } from '../../src/lib/terminal-log.ts'

function written(log: (to: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  log(createLog('info', terminalLog({ write: (text) => lines.push(text) })))
  return stripVTControlCharacters(lines.join(''))
}

describe('the log at a terminal', () => {
  it('is one line: time, level, what happened, and the facts', () => {
    expect(written((log) => log.info({ port: 3000, issuer: 'http://localhost:3000' }, 'ready'))).toMatch(
      /^\d\d:\d\d:\d\d info {2}ready {2}port=3000 issuer=http:\/\/localhost:3000\n$/,
    )
  })

  it('shows the stack of an error under its line', () => {
    expect(written((log) => log.error({ err: new Error('broken') }, 'failed'))).toMatch(
      /error failed\nError: broken\n {4}at /,
    )
  })

  it('[TOS-8] masks what the JSON log masks', () => {
    expect(written((log) => log.info({ password: 'horse' }, 'signed in'))).not.toContain('horse')
  })
})
