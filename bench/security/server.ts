// Serves the site with one of the peers, in a process of its own: it may freeze or crash.
import type { AddressInfo } from 'node:net'
import express from 'express'
import { peers } from './peers.js'
import { guardedApp } from './site.js'

const [name = '', root = '', files = ''] = process.argv.slice(2)
const peer = peers[name]
if (peer === undefined) throw new Error(`No such peer: ${name}`)

process.once('disconnect', () => process.exit())

const server = guardedApp(express, { root, files }, peer.serve).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
