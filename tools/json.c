/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 character that text begins with; 0: it is none. */
static int utf8_length(const unsigned char *text)
{
	int n = *text < 0x80 ? 1 : *text < 0xc2 ? 0 : *text < 0xe0 ? 2 :
		*text < 0xf0 ? 3 : *text < 0xf5 ? 4 : 0;
	int i;

	for (i = 1; i < n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Longer than needed, surrogates, and beyond U+10FFFF. */
	if ((*text == 0xe0 && text[1] < 0xa0) ||
	    (*text == 0xed && text[1] > 0x9f) ||
	    (*text == 0xf0 && text[1] < 0x90) ||
	    (*text == 0xf4 && text[1] > 0x8f))
		return 0;
	return n;
}

/* A byte that is no UTF-8 stands as the character of its number. */
static void put_text(const char *given)
{
	const unsigned char *text = (const unsigned char *)given;

	putchar('"');
	while (*text != '\0') {
		int n = utf8_length(text);

		if (*text == '"' || *text == '\\')
			printf("\\%c", *text++);
		else if (n == 0 || *text < ' ' || *text == 0x7f)
			printf("\\u%04x", *text++);
		else
			for (; n > 0; n--)
				putchar(*text++);
	}
	putchar('"');
}

static void put_key(struct json *json, const char *key)
{
	if (json->separate)
		putchar(',');
	json->separate = true;
	if (key == NULL)
		return;
	put_text(key);
	putchar(':');
}

void json_begin(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	putchar(bracket);
	json->separate = false;
}

void json_end(struct json *json, char bracket)
{
	putchar(bracket);
	json->separate = true;
}

void json_string(struct json *json, const char *key, const char *text)
{
	put_key(json, key);
	put_text(text);
}

void json_unsigned(struct json *json, const char *key, uint64_t number)
{
	put_key(json, key);
	printf("%" PRIu64, number);
}

void json_signed(struct json *json, const char *key, int64_t number)
{
	put_key(json, key);
	printf("%" PRId64, number);
}

void json_boolean(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	fputs(value ? "true" : "false", stdout);
}

void json_null(struct json *json, const char *key)
{
	put_key(json, key);
	fputs("null", stdout);
}
