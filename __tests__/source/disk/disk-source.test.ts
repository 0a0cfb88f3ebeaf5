import { execFileSync } from 'node:child_process'
import fs, { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DiskSource, type SymlinkPolicy } from '../../../lib/source/disk/disk-source.js'
import {
  type PathOfOpenedFile,
  pathOfOpenedFile,
  pathOfSameFile,
  realPath,
} from '../../../lib/source/disk/opened-path.js'
import type { OpenResult } from '../../../lib/source/source.js'
import { openFilesBelow } from '../../support/descriptors.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe

const ways: [string, PathOfOpenedFile][] = [
  ['by the descriptor, where the system can', pathOfOpenedFile],
  ['by device and inode', (_descriptor, path, stats) => pathOfSameFile(path, stats)],
]

afterAll(removeDirectories)

/** The size of the file at a name, or else what is there. */
async function sizeOrKind(
  disk: DiskSource,
  name: string,
): Promise<OpenResult['kind'] | number | undefined> {
  const result = await disk.open(name)
  if (result.kind !== 'file') return result.kind
  result.file.close()
  return result.file.size
}

/** Replaces a link as deployments do: in one step. */
function pointLink(link: string, target: string): void {
  symlinkSync(target, `${link}.new`)
  renameSync(`${link}.new`, link)
}

describeOnPosix.each(ways)(
  'symlinks, with the real path from %s (on POSIX only)',
  (_way, pathOf) => {
    const base = directoryOf({
      'www/one.txt': '1',
      'www/directory/two.txt': '22',
      'www/directory/index.html': '333',
      'www/.hidden/four.txt': '4444',
      'www-secret/secret.txt': 'secret',
      'secret.txt': 'secret',
      'outside/secret.txt': 'secret',
    })
    const root = join(base, 'www')
    const link = (name: string, target: string) => symlinkSync(target, join(root, name))
    link('inside.txt', 'one.txt')
    link('inside', 'directory')
    link('inside-absolute.txt', join(root, 'one.txt'))
    link('chain.txt', 'inside/two.txt')
    link('there-and-back.txt', '../www/one.txt')
    link('hidden.txt', '.hidden/four.txt')
    link('here', '.')
    link('out.txt', '../secret.txt')
    link('out', '../outside')
    link('out-absolute.txt', join(base, 'secret.txt'))
    link('chain-out.txt', 'out/secret.txt')
    link('sibling.txt', '../www-secret/secret.txt')
    link('sibling', '../www-secret')
    link('parent', '..')
    link('top', '/')
    link('loop', 'loop')
    link('dangling', 'nowhere')
    mkdirSync(join(root, 'escaping'))
    link('escaping/index.html', '../../secret.txt')
    linkSync(join(root, 'one.txt'), join(root, 'hard.txt'))

    const ordinary = [
      ['one.txt', 1],
      ['directory/two.txt', 2],
      ['directory', 'directory'],
      ['', 'directory'],
      ['hard.txt', 1],
    ] as const
    const inside = [
      ['inside.txt', 1],
      ['inside-absolute.txt', 1],
      ['inside', 'directory'],
      ['inside/two.txt', 2],
      ['inside/index.html', 3],
      ['chain.txt', 2],
      ['there-and-back.txt', 1],
      ['hidden.txt', 4],
      ['here/here/one.txt', 1],
    ] as const
    const outside = [
      ['out.txt', 6],
      ['out-absolute.txt', 6],
      ['out', 'directory'],
      ['out/secret.txt', 6],
      ['chain-out.txt', 6],
      ['sibling.txt', 6],
      ['sibling', 'directory'],
      ['sibling/secret.txt', 6],
      ['escaping/index.html', 6],
      ['parent', 'directory'],
      ['parent/secret.txt', 6],
      ['top', 'directory'],
    ] as const

    test.each([...ordinary])('%j is found under every policy', async (name, what) => {
      for (const policy of ['inside', 'follow', 'deny'] as const) {
        const disk = new DiskSource(root, policy, pathOf)
        // Twice: the first look-up learns where the root is.
        expect([await sizeOrKind(disk, name), await sizeOrKind(disk, name)]).toEqual([what, what])
      }
    })

    test.each([...inside])(
      '%j, a link inside the root, is denied by "deny" only',
      async (name, what) => {
        expect(await sizeOrKind(new DiskSource(root, 'inside', pathOf), name)).toBe(what)
        expect(await sizeOrKind(new DiskSource(root, 'follow', pathOf), name)).toBe(what)
        expect(await sizeOrKind(new DiskSource(root, 'deny', pathOf), name)).toBe('missing')
      },
    )

    test.each([...outside])('%j, a symlink out of the root, needs "follow"', async (name, what) => {
      expect(await sizeOrKind(new DiskSource(root, 'inside', pathOf), name)).toBe('missing')
      expect(await sizeOrKind(new DiskSource(root, 'follow', pathOf), name)).toBe(what)
      expect(await sizeOrKind(new DiskSource(root, 'deny', pathOf), name)).toBe('missing')
    })

    test.each(['loop', 'loop/x', 'dangling', 'missing', 'one.txt/x'])(
      '%j is nothing under every policy',
      async (name) => {
        for (const policy of ['inside', 'follow', 'deny'] as const) {
          expect(await sizeOrKind(new DiskSource(root, policy, pathOf), name)).toBe('missing')
        }
      },
    )

    test.each<SymlinkPolicy>(['inside', 'deny'])(
      'the root may be a link, and be switched to another directory (%j)',
      async (policy) => {
        const releases = directoryOf({
          'r1/page.txt': '1',
          'r1/old.txt': 'old',
          'r2/page.txt': '22',
          'r2/directory/new.txt': 'new!',
        })
        const current = join(releases, 'current')
        symlinkSync('r1', current)
        symlinkSync('../r1/old.txt', join(releases, 'r2/to-the-old.txt'))
        const disk = new DiskSource(current, policy, pathOf)
        expect(await sizeOrKind(disk, 'page.txt')).toBe(1)
        expect(await sizeOrKind(disk, 'old.txt')).toBe(3)
        pointLink(current, 'r2')
        // A link into the release of before is a link out of the root, from the first request on.
        expect(await sizeOrKind(disk, 'to-the-old.txt')).toBe('missing')
        expect(await sizeOrKind(disk, 'page.txt')).toBe(2)
        expect(await sizeOrKind(disk, 'directory/new.txt')).toBe(4)
        expect(await sizeOrKind(disk, 'old.txt')).toBe('missing')
        pointLink(current, 'r1')
        expect(await sizeOrKind(disk, 'page.txt')).toBe(1)
      },
    )

    test('a request that began before the root was switched gets the file', async () => {
      const releases = directoryOf({ 'r1/page.txt': '1', 'r2/page.txt': '22' })
      const current = join(releases, 'current')
      symlinkSync('r1', current)
      let hold = Promise.resolve()
      let judged = 0
      const disk = new DiskSource(current, 'inside', async (descriptor, path, stats) => {
        const opened = await pathOf(descriptor, path, stats)
        judged++
        await hold
        return opened
      })
      expect(await sizeOrKind(disk, 'page.txt')).toBe(1)
      let release = () => {}
      hold = new Promise((resolve) => {
        release = resolve
      })
      const slow = sizeOrKind(disk, 'page.txt')
      await eventually(() => judged === 2)
      pointLink(current, 'r2')
      hold = Promise.resolve()
      expect(await sizeOrKind(disk, 'page.txt')).toBe(2)
      release()
      expect(await slow).toBe(1)
    })

    test('a root that did not exist is found once it is created', async () => {
      const directory = directoryOf({})
      const disk = new DiskSource(join(directory, 'later'), 'inside', pathOf)
      expect(await sizeOrKind(disk, 'a.txt')).toBe('missing')
      mkdirSync(join(directory, 'later'))
      writeFileSync(join(directory, 'later/a.txt'), 'a')
      expect(await sizeOrKind(disk, 'a.txt')).toBe(1)
      rmSync(join(directory, 'later'), { recursive: true })
      expect(await sizeOrKind(disk, 'a.txt')).toBe('missing')
    })

    test('the root may be the root of the file system', async () => {
      const disk = new DiskSource('/', 'inside', pathOf)
      expect(await sizeOrKind(disk, join(root, 'one.txt').slice(1))).toBe(1)
    })

    test('the root may be a single file', async () => {
      expect(await sizeOrKind(new DiskSource(join(root, 'one.txt'), 'inside', pathOf), '')).toBe(1)
      expect(await sizeOrKind(new DiskSource(join(root, 'one.txt'), 'deny', pathOf), '')).toBe(1)
      expect(await sizeOrKind(new DiskSource(join(root, 'one.txt'), 'inside', pathOf), 'x')).toBe(
        'missing',
      )
    })

    test('a file that is replaced while it is opened is still inside the root', async () => {
      const directory = directoryOf({ 'a.txt': 'a', 'b.txt': 'bb' })
      for (const policy of ['inside', 'deny'] as const) {
        writeFileSync(join(directory, 'new.txt'), 'new')
        const disk = new DiskSource(directory, policy, (descriptor, path, stats) => {
          renameSync(join(directory, 'new.txt'), join(directory, 'a.txt'))
          return pathOf(descriptor, path, stats)
        })
        // What cannot be told is not served; only the descriptor tells of a file that is gone.
        const exact = pathOf === pathOfOpenedFile && process.platform === 'linux'
        expect(await sizeOrKind(disk, 'a.txt')).toBe(
          exact ? (policy === 'inside' ? 1 : 3) : 'missing',
        )
      }
    })

    test('a file opened through a symlink out of the root is never served, only the one opened after it', async () => {
      const directory = directoryOf({ 'www/a.txt': 'a', 'secret.txt': 'secret' })
      const file = join(directory, 'www/a.txt')
      rmSync(file)
      symlinkSync('../secret.txt', file)
      // Opened through the link, and a file again when it is judged: that is what a second opening finds.
      let swapped = false
      const disk = new DiskSource(join(directory, 'www'), 'inside', (descriptor, path, stats) => {
        if (!swapped) rmSync(file)
        if (!swapped) writeFileSync(file, 'a')
        swapped = true
        return pathOf(descriptor, path, stats)
      })
      expect(await sizeOrKind(disk, 'a.txt')).toBe(1)
    })

    test('a path that leads out of the root at both attempts is not opened a third time', async () => {
      const directory = directoryOf({ 'www/a.txt': 'a', 'secret.txt': 'secret' })
      symlinkSync('../secret.txt', join(directory, 'www/link.txt'))
      let openings = 0
      const disk = new DiskSource(join(directory, 'www'), 'inside', (descriptor, path, stats) => {
        openings++
        return pathOf(descriptor, path, stats)
      })
      expect(await sizeOrKind(disk, 'link.txt')).toBe('missing')
      expect(openings).toBe(2)
    })

    describe.each<SymlinkPolicy>(['inside', 'deny'])('a root that is switched (%j)', (policy) => {
      const releases = () => {
        const base = directoryOf({
          'r1/page.txt': '1',
          'r1/moved.txt': 'r1',
          'r1/directory/moved.txt': 'r1',
          'r2/page.txt': '22',
        })
        const current = join(base, 'current')
        symlinkSync('r1', current)
        symlinkSync('../r1/moved.txt', join(base, 'r2/moved.txt'))
        symlinkSync('../r1/directory', join(base, 'r2/directory'))
        return { base, current }
      }

      test('follows no symlink out of the new root, not even to the same name in the old root', async () => {
        const { current } = releases()
        const disk = new DiskSource(current, policy, pathOf)
        for (const name of ['moved.txt', 'directory/moved.txt']) {
          pointLink(current, 'r1')
          expect(await sizeOrKind(disk, name)).toBe(2)
          pointLink(current, 'r2')
          expect(await sizeOrKind(disk, name)).toBe('missing')
        }
      })

      test('between opening and checking still has the file', async () => {
        const { current } = releases()
        let switched = false
        const disk = new DiskSource(current, policy, async (descriptor, path, stats) => {
          if (!switched) pointLink(current, 'r2')
          switched = true
          return pathOf(descriptor, path, stats)
        })
        expect([1, 2]).toContain(await sizeOrKind(disk, 'page.txt'))
      })

      test('between resolving the root and opening still has the file', async () => {
        const { current } = releases()
        const { open } = fs
        const opening = jest.spyOn(fs, 'open')
        const disk = new DiskSource(current, policy, pathOf)
        opening.mockImplementationOnce((...parameters: unknown[]) => {
          // After the one turn in which the root was resolved.
          void realPath(current).then(() =>
            setImmediate(() => {
              pointLink(current, 'r2')
              Reflect.apply(open, fs, parameters)
            }),
          )
        })
        expect(await sizeOrKind(disk, 'page.txt')).toBe(2)
        opening.mockRestore()
      })

      test('and whose old target is removed at once still has the file', async () => {
        const { base, current } = releases()
        const disk = new DiskSource(current, policy, pathOf)
        expect(await sizeOrKind(disk, 'page.txt')).toBe(1)
        const { open } = fs
        const opening = jest.spyOn(fs, 'open')
        // The walk has passed the link, and what it led to goes.
        opening.mockImplementationOnce((...[path, ...others]: unknown[]) => {
          pointLink(current, 'r2')
          rmSync(join(base, 'r1'), { recursive: true })
          Reflect.apply(open, fs, [String(path).replace('current', 'r1'), ...others])
        })
        expect(await sizeOrKind(disk, 'page.txt')).toBe(2)
        opening.mockRestore()
      })
    })
  },
)

describeOnPosix('what is no file (on POSIX only)', () => {
  const root = directoryOf({ 'directory/file.txt': 'a' })
  execFileSync('mkfifo', [join(root, 'fifo')])
  symlinkSync('fifo', join(root, 'link-to-fifo'))
  for (const device of ['zero', 'null', 'tty']) symlinkSync(`/dev/${device}`, join(root, device))
  const socket = createServer().listen(join(root, 'socket'))
  afterAll(() => socket.close())

  const special = ['fifo', 'link-to-fifo', 'zero', 'null', 'tty', 'socket']

  test.each(special)('%j is missing, without blocking, under every policy', async (name) => {
    for (const policy of ['inside', 'follow', 'deny'] as const) {
      expect(await sizeOrKind(new DiskSource(root, policy), name)).toBe('missing')
    }
  })

  test('no descriptor is left open', async () => {
    const disk = new DiskSource(root, 'follow')
    await Promise.all(Array.from({ length: 100 }, () => sizeOrKind(disk, 'fifo')))
    await eventually(() => openFilesBelow(root).length === 0)
  })
})
