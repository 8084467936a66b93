// Inside a program that ends by itself: it leaves behind how long it has lived, other programs' turns not counted.
import { writeFileSync } from 'node:fs'
import { undisturbedLife } from './undisturbed.ts'

const leavesAt = process.env['LIVED_AT']
process.once('exit', () => {
  if (leavesAt) writeFileSync(leavesAt, String(undisturbedLife()))
})
