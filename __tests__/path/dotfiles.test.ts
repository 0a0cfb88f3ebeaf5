import { dotfileRefusal } from '../../lib/path/dotfiles.js'

const DOTFILES = ['.env', '.git/config', 'a/.b', 'a/.b/c', '.well-known/.secret', '.well-known2']
const ELSEWHERE = ['a/.well-known', 'a/.well-known/x', '.Well-Known/x', '.well-knownx/y']
const ORDINARY = ['', 'a', 'a.b', 'a/b.c', 'a./b']
const WELL_KNOWN = ['.well-known', '.well-known/acme-challenge/token', '.well-known/security.txt']

test.each(ORDINARY)('%j is not a dotfile under any policy', (name) => {
  expect(dotfileRefusal(name, 'ignore')).toBeUndefined()
  expect(dotfileRefusal(name, 'deny')).toBeUndefined()
  expect(dotfileRefusal(name, 'allow')).toBeUndefined()
})

test.each([...DOTFILES, ...ELSEWHERE])('%j is ignored, denied or allowed', (name) => {
  expect(dotfileRefusal(name, 'ignore')).toBe('dotfile-ignored')
  expect(dotfileRefusal(name, 'deny')).toBe('dotfile-denied')
  expect(dotfileRefusal(name, 'allow')).toBeUndefined()
})

test.each(WELL_KNOWN)('%j is served unless dotfiles are denied', (name) => {
  expect(dotfileRefusal(name, 'ignore')).toBeUndefined()
  expect(dotfileRefusal(name, 'deny')).toBe('dotfile-denied')
  expect(dotfileRefusal(name, 'allow')).toBeUndefined()
})
