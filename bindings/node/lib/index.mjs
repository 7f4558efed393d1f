// SPDX-License-Identifier: MIT
// The same module, not a second copy of its state.
import libdisruptor from './index.js';

export const { Disruptor, DisruptorReadStream, DisruptorWriteStream, Ring } =
	libdisruptor;
export default libdisruptor;
