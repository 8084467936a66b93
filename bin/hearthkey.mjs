#!/usr/bin/env node
import { run } from '../scripts/ready.mjs'

run('dist/main.js', process.argv.slice(2), { build: true, cwd: process.cwd() })
