import fs from 'node:fs'
import { Descriptor } from '../../../lib/source/disk/descriptor.js'

afterEach(() => jest.restoreAllMocks())

test('a descriptor is closed when its last user has released it, and once', () => {
  const close = jest.spyOn(fs, 'close').mockImplementation(() => {})
  const descriptor = new Descriptor(1234)
  expect(descriptor.retain()).toBe(descriptor)
  descriptor.release()
  expect(close).not.toHaveBeenCalled()
  descriptor.release()
  expect(close.mock.calls).toEqual([[1234, expect.any(Function)]])
})
