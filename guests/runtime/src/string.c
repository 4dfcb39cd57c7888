/* Blocks of memory and strings. Small blocks are moved in words, where the last overlaps the one before it; large ones by the
 * processor's own instructions, which are as fast as memory is. */
#include "runtime.h"

#define LARGE_MOVE 128
#define LARGE_FILL 64

typedef uint16_t __attribute__((may_alias, aligned(1))) word16;
typedef uint32_t __attribute__((may_alias, aligned(1))) word32;
typedef uint64_t __attribute__((may_alias, aligned(1))) word64;

/* At most 16 bytes. All are read before any is written, so the blocks may overlap. */
static inline void move_small(uint8_t *to, const uint8_t *from, size_t size)
{
    if (size >= 8) {
        uint64_t first = *(const word64 *)from, last = *(const word64 *)(from + size - 8);
        *(word64 *)to = first;
        *(word64 *)(to + size - 8) = last;
    } else if (size >= 4) {
        uint32_t first = *(const word32 *)from, last = *(const word32 *)(from + size - 4);
        *(word32 *)to = first;
        *(word32 *)(to + size - 4) = last;
    } else if (size >= 2) {
        uint16_t first = *(const word16 *)from, last = *(const word16 *)(from + size - 2);
        *(word16 *)to = first;
        *(word16 *)(to + size - 2) = last;
    } else if (size == 1) {
        *to = *from;
    }
}

static void move_up(uint8_t *to, const uint8_t *from, size_t size)
{
    uint64_t last = *(const word64 *)(from + size - 8);
    size_t at = 0;
    for (; at + 8 < size; at += 8)
        *(word64 *)(to + at) = *(const word64 *)(from + at);

    *(word64 *)(to + size - 8) = last;
}

static void move_down(uint8_t *to, const uint8_t *from, size_t size)
{
    uint64_t first = *(const word64 *)from;
    for (; size > 8; size -= 8)
        *(word64 *)(to + size - 8) = *(const word64 *)(from + size - 8);

    *(word64 *)to = first;
}

static void move_large(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    if (size <= 16)
        move_small(to, from, size);
    else if (size <= LARGE_MOVE)
        move_up(to, from, size);
    else
        move_large(to, from, size);

    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    size_t distance = (size_t)to - (size_t)from;
    if (size <= 16)
        move_small(to, from, size);
    else if (distance < size)
        move_down(to, from, size);
    else if (size <= LARGE_MOVE)
        move_up(to, from, size);
    else
        move_large(to, from, size);

    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *at = to;
    uint64_t word = (uint8_t)value * 0x0101010101010101UL;
    if (size > LARGE_FILL) {
        __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(word) : "memory");
    } else if (size >= 8) {
        for (size_t i = 0; i + 8 < size; i += 8)
            *(word64 *)(at + i) = word;

        *(word64 *)(at + size - 8) = word;
    } else {
        for (size_t i = 0; i < size; i++)
            at[i] = (uint8_t)value;
    }

    return to;
}

int memcmp(const void *first, const void *second, size_t size)
{
    const uint8_t *a = first, *b = second;
    size_t at = 0;
    while (at + 8 <= size && *(const word64 *)(a + at) == *(const word64 *)(b + at))
        at += 8;

    if (at + 4 <= size && *(const word32 *)(a + at) == *(const word32 *)(b + at))
        at += 4;

    for (; at < size; at++) {
        if (a[at] != b[at])
            return a[at] - b[at];
    }

    return 0;
}

/* Whether a byte of a word is zero: only such a byte borrows from its upper bit without having had it. */
static bool has_zero(uint64_t word) { return ((word - 0x0101010101010101UL) & ~word & 0x8080808080808080UL) != 0; }

void *memchr(const void *block, int value, size_t size)
{
    const uint8_t *at = block, *end = at + size;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101UL;
    while (end - at >= 8 && !has_zero(*(const word64 *)at ^ pattern))
        at += 8;

    for (; at < end; at++) {
        if (*at == (uint8_t)value)
            return (void *)at;
    }

    return NULL;
}

/* Words are read where they are aligned: such a word never reaches into the next page. */
size_t strlen(const char *text)
{
    const char *at = text;
    for (; (uint64_t)at % 8 != 0; at++) {
        if (*at == 0)
            return (size_t)(at - text);
    }

    while (!has_zero(*(const word64 *)at))
        at += 8;

    while (*at != 0)
        at++;

    return (size_t)(at - text);
}

int strcmp(const char *first, const char *second)
{
    while (*first != 0 && *first == *second) {
        first++;
        second++;
    }

    return (uint8_t)*first - (uint8_t)*second;
}

int strncmp(const char *first, const char *second, size_t most)
{
    for (; most != 0; most--, first++, second++) {
        if (*first != *second || *first == 0)
            return (uint8_t)*first - (uint8_t)*second;
    }

    return 0;
}

char *strchr(const char *text, int character)
{
    for (;; text++) {
        if (*text == (char)character)
            return (char *)text;

        if (*text == 0)
            return NULL;
    }
}
