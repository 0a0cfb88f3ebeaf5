import { showAbort } from './abort.mjs'
import { showChunks } from './chunks.mjs'
import { showDownload } from './download.mjs'
import { connectEvents } from './events.mjs'
import { showLog } from './log.mjs'
import { showVideo } from './video.mjs'

const panel = (id) => document.getElementById(id)

const source = connectEvents(panel('events'))
showChunks(panel('chunks'))
showVideo(panel('video'), source)
showDownload(panel('download'))
showLog(panel('log'))
showAbort(panel('abort'), source)

panel('origin').textContent = location.origin
