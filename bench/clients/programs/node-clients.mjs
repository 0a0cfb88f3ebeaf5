import axios from 'axios'
import got from 'got'
import { BIG, BIG_BYTES } from '../files.mjs'
import { installedVersion } from '../installed.mjs'

export const name = 'axios, got'
export const version = () => `${installedVersion('axios')}, ${installedVersion('got')}`

export async function measure({ origin }) {
  const url = origin.url(`/${BIG}?rate=${BIG_BYTES * 4}`)
  const says = (total) => (total === BIG_BYTES ? 'the real total' : `\`${total}\``)

  let ofAxios
  await axios.get(url, {
    responseType: 'arraybuffer',
    onDownloadProgress: ({ loaded, total }) => {
      if (loaded < BIG_BYTES) ofAxios = total
    },
  })
  let ofGot
  await got(url).on('downloadProgress', ({ transferred, total }) => {
    if (transferred < BIG_BYTES) ofGot = total
  })
  return [
    ['axios `onDownloadProgress`: `total`', says(ofAxios)],
    ["got `'downloadProgress'`: `total`", says(ofGot)],
  ]
}
