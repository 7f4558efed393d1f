// SPDX-License-Identifier: MIT
// What a Disruptor is given: the original's messages, and ranges checked.
'use strict';

const { wrongType, outOfRange } = require('./errors');

const UINT32_MAX = 4294967295;

function number(value) {
	if (typeof value !== 'number')
		throw wrongType('A number was expected');
	return value;
}

function uint32(name, value, low = 0) {
	number(value);
	if (!Number.isInteger(value) || value < low || value > UINT32_MAX)
		throw outOfRange(name, `an integer from ${low} to ${UINT32_MAX}`,
			value);
	return value;
}

function sequence(name, value) {
	number(value);
	if (!Number.isSafeInteger(value) || value < 0)
		throw outOfRange(name, 'an integer from 0 to 2^53 - 1', value);
	return value;
}

function boolean(value) {
	if (typeof value !== 'boolean')
		throw wrongType('A boolean was expected');
	return value;
}

function string(value) {
	if (typeof value !== 'string')
		throw wrongType('A string was expected');
	return value;
}

// −1 and what is beyond the consumers: such an object only produces.
function consumerIndex(value, consumers) {
	number(value);
	if (!Number.isInteger(value) || value < -1 || value > UINT32_MAX)
		throw outOfRange('consumer', 'an integer from -1 to ' +
			`${UINT32_MAX}`, value);
	return value < consumers ? value : -1;
}

// In the original's order. Of the constructor.
function checkOpening(name, elements, size, consumers, consumer, init, spin) {
	for (const value of [elements, size, consumers, consumer])
		number(value);
	boolean(init);
	boolean(spin);
	string(name);
	uint32('num_elements', elements, 1);
	uint32('element_size', size, 1);
	uint32('num_consumers', consumers);
	if (elements * size > UINT32_MAX)
		throw outOfRange('num_elements * element_size',
			`at most ${UINT32_MAX}`, elements * size);
	if (consumers * 8 > UINT32_MAX)
		throw outOfRange('num_consumers', 'less', consumers);
	consumerIndex(consumer, consumers);
	if (name.includes('\0'))
		throw outOfRange('shm_name', 'without null bytes', name);
}

module.exports = { number, uint32, sequence, string, consumerIndex,
	checkOpening };
