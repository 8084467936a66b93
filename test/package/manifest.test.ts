import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lock, locked, manifest, nameOf, readText, root } from './manifest.ts'

const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }

describe('what we depend on', () => {
  it('is pinned to one exact version, each', () => {
    const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/
    expect(Object.entries(direct).filter(([, version]) => !exact.test(version))).toEqual([])
  })

  it('is locked at the versions that package.json names', () => {
    const versionOf = (name: string) => lock.packages[`node_modules/${name}`]?.version
    expect(Object.entries(direct).filter(([name, version]) => versionOf(name) !== version)).toEqual([])
  })

  it('is proven by a hash for every package, so that no mirror can hand out another one', () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([folder]) => folder)).toEqual(
      [],
    )
  })

  it('comes from whatever registry the operator uses: the lock file names no host', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([folder]) => folder)).toEqual([])
    expect(readText('package-lock.json')).not.toMatch(/"resolved"\s*:/)
  })

  it('runs an install script only where package.json says so, and says so nowhere in vain', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([folder]) => nameOf(folder))
    const approved = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name] === true)
    const decided = Object.keys(manifest.allowScripts)
    expect(scripted.filter((name) => !decided.includes(name))).toEqual([])
    expect(approved.filter((name) => !scripted.includes(name))).toEqual([])
  })
})

describe('the runtime', () => {
  it('is one version of Node on every platform, and at least what engines asks for', () => {
    const pinned = Object.entries(manifest.optionalDependencies).filter(([name]) => name.startsWith('node-'))
    expect(new Set(pinned.map(([, version]) => version)).size).toBe(1)
    const [major = 0, minor = 0] = (pinned[0]?.[1] ?? '').split('.').map(Number)
    const [wantMajor = 0, wantMinor = 0] = manifest.engines.node.replace('>=', '').split('.').map(Number)
    expect(major * 1000 + minor).toBeGreaterThanOrEqual(wantMajor * 1000 + wantMinor)
  })

  it('is not the wrapper that installs from the network, outside the lock file', () => {
    expect(locked.map(([folder]) => nameOf(folder))).not.toContain('node')
  })

  it('is found behind every command that package.json offers', () => {
    expect(Object.values(manifest.bin).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
