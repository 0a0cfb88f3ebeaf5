import { isOffDisk, OFF_DISK } from '../../../lib/source/custom/off-disk.js'

const open = () => undefined

test('a source with the mark has no file on the disk, and any other may have', () => {
  const marked = { open, [OFF_DISK]: true }
  expect(isOffDisk(marked)).toBe(true)
  expect(isOffDisk({ open })).toBe(false)
})

test('the mark is the same for all copies of the module', () => {
  expect(OFF_DISK).toBe(Symbol.for('express-stream-files.off-disk'))
})
