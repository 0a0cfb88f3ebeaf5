import { isServableOnWindows } from '../../lib/path/windows-name.js'

test.each([
  '',
  'a.txt',
  'directory/a.txt',
  'console.txt',
  'com',
  'com10',
  'com10.txt',
  'lpt.txt',
  'auxiliary',
  'nullable.js',
  'my con',
  '~a',
  'a~b',
  'backup~',
  '.hidden',
  'a.b.c',
  'café',
  'a b',
  '%41',
])('%j is an ordinary name', (name) => {
  expect(isServableOnWindows(name)).toBe(true)
})

test.each([
  // Devices, in every directory, case and with every extension (CVE-2025-27210, CVE-2025-66221)
  'con',
  'CON',
  'Prn',
  'aux.txt',
  'nul.tar.gz',
  'NUL .txt',
  'a/nul/b',
  'com1',
  'COM9.log',
  'com0',
  'lpt1',
  'com\u00b9',
  'LPT\u00b2.txt',
  'lpt\u00b3',
  'CONIN$',
  'conout$.txt',
  // Short names are a second spelling
  'PROGRA~1',
  'a/SECRET~2.TXT',
  'x~1.tmp/a',
  // Drives, alternate data streams, wildcards
  'C:',
  'c:/windows',
  'a.txt:stream',
  'a.txt::$DATA',
  'a*',
  'a?',
  'a<b',
  'a>b',
  'a"b',
  'a|b',
  'a\\b',
  // Dropped by Windows
  'a.txt.',
  'a.txt...',
  'a.txt ',
  'directory./a',
  'directory /a',
  '. ',
])('%j is not', (name) => {
  expect(isServableOnWindows(name)).toBe(false)
})
