// SPDX-License-Identifier: MIT
'use strict';

const { Disruptor } = require('./compat');
const { DisruptorReadStream, DisruptorWriteStream } =
	require('./compat_streams');
const { Ring } = require('./ring');

module.exports = {
	Disruptor,
	DisruptorReadStream,
	DisruptorWriteStream,
	Ring,
};
