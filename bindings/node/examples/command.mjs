// SPDX-License-Identifier: MIT
// Lines from the shell:	disruptor create lines
//				node command.mjs &
//				seq 10 | disruptor publish lines --close
import { Ring } from 'libdisruptor';

const ring = await Ring.open('lines');

for await (const line of ring.consumer('node', { from: 'oldest' })
	.readable({ objectMode: true }))
	console.log('line:', line.toString().trimEnd());
ring.release();
