import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { timeByOwner } from '../../bench/support/profile-shares.ts'

it('time belongs to whoever called what has no owner, and neither waiting nor what came before counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const profiles = join(folder, 'profiles')
  mkdirSync(profiles)
  const bundle = join(folder, 'bundle.mjs')
  const modules = [
    'src/oidc/engine/signing-key.ts',
    'node_modules/pg/lib/client.js',
    'src/app.ts',
    'node_modules/koa/lib/a.js',
  ]
  writeFileSync(bundle, modules.map((module) => `// ${module}\nwork()\n`).join(''))
  const url = pathToFileURL(bundle).href
  const node = (id: number, functionName: string, line: number | string, children: number[] = []) => ({
    id,
    children,
    callFrame: {
      functionName,
      ...(typeof line === 'number' ? { url, lineNumber: line } : { url: line, lineNumber: 0 }),
    },
  })
  const nodes = [
    node(1, '(root)', '', [2, 3, 4, 5]),
    node(2, '(idle)', ''),
    node(3, '(garbage collector)', ''),
    node(4, 'onread', 'node:internal/stream_base_commons', [6]),
    node(5, 'engine', 7, [7, 8]),
    node(6, 'parse', 3, [9]),
    node(7, 'ours', 5, [10]),
    node(8, 'sign', 1, [11]),
    node(9, 'slice', 'node:buffer'),
    node(10, 'toString', ''),
    node(11, 'signOneShot', 'node:internal/crypto/sig'),
  ]
  const samples = [11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  const timeDeltas = [1_000_000, 5, 1, 2, 4, 8, 16, 32, 64, 128, 256]
  writeFileSync(join(profiles, 'CPU.1.cpuprofile'), JSON.stringify({ nodes, samples, timeDeltas }))
  expect(Object.fromEntries(timeByOwner(profiles, 1.000001))).toEqual({
    'garbage collection': 1,
    'Node itself, called by nobody': 2,
    engine: 4,
    'database driver': 8 + 64,
    ours: 16 + 128,
    signature: 32 + 256,
  })
})
