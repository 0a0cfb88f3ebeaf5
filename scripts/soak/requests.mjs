// What all clients ask for.
import { CHANGING, CONSTANT } from './content.mjs'

// A client that reads and gets nothing for so long hangs.
export const PATIENCE_MS = 5000

export const oneOf = (list) => list[Math.floor(Math.random() * list.length)]
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
export const path = (name) => `/${oneOf(['files', 'one'])}/${name}`

export const everything = [...Object.keys(CONSTANT), ...CHANGING]

/** A method, a name, header fields, and the statuses that are right. */
export const ordinaryRequest = () =>
  oneOf([
    ['GET', 'sml', {}, [200]],
    ['GET', 'mid', {}, [200]],
    ['GET', 'mid', { range: 'bytes=8000-159999' }, [206]],
    ['GET', 'mid', { range: 'bytes=0-7,80000-80007' }, [206, 200]],
    ['GET', 'mid', { range: 'bytes=999999999-' }, [416]],
    ['GET', 'sml', { 'if-none-match': '*' }, [304]],
    ['GET', 'sml', { 'if-match': '"no"' }, [412]],
    ['HEAD', 'big', {}, [200]],
    ['GET', 'nothing', {}, [404]],
  ])
