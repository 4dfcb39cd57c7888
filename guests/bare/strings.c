/* Strings and blocks, by loops and by the processor's string instructions, which have to agree. First: bytes of a block, 64 to
 * 32,768; second: rounds. */
#include "bare.h"

#define MOST 32768

static uint8_t source[MOST + 64];
static uint8_t target[MOST + 64];
static uint8_t other[MOST + 64];

static __attribute__((noinline)) void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[i];
}

static __attribute__((noinline)) void move(uint8_t *to, const uint8_t *from, size_t size)
{
    if (to <= from) {
        for (size_t i = 0; i < size; i++)
            to[i] = from[i];
    } else {
        while (size-- != 0)
            to[size] = from[size];
    }
}

static __attribute__((noinline)) size_t length(const uint8_t *text)
{
    size_t size = 0;
    while (text[size] != 0)
        size++;
    return size;
}

static __attribute__((noinline)) int compare(const uint8_t *left, const uint8_t *right, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }

    return 0;
}

static __attribute__((noinline)) size_t find(const uint8_t *text, const uint8_t *part)
{
    for (size_t at = 0; text[at] != 0; at++) {
        size_t same = 0;
        while (part[same] != 0 && text[at + same] == part[same])
            same++;
        if (part[same] == 0)
            return at;
    }

    return (size_t)-1;
}

static void rep_movsb(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void rep_movsb_down(uint8_t *to, const uint8_t *from, size_t size)
{
    to += size - 1;
    from += size - 1;
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(to), "+S"(from), "+c"(size) : : "memory", "cc");
}

static void rep_movsq(void *to, const void *from, size_t words)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void rep_stosb(void *to, uint8_t value, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
}

static void rep_stosl(void *to, uint32_t value, size_t words)
{
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(value) : "memory");
}

static size_t repne_scasb(const void *text, uint8_t value, size_t limit)
{
    size_t left = limit;
    __asm__ volatile("repne scasb" : "+D"(text), "+c"(left) : "a"(value) : "memory", "cc");
    return limit - left;
}

static size_t repe_cmpsb(const void *left, const void *right, size_t size, int *order)
{
    size_t rest = size;
    uint8_t is_above = 0, is_below = 0;
    __asm__ volatile("cmp %%rcx, %%rcx\n\trepe cmpsb\n\tseta %3\n\tsetb %4"
                     : "+D"(right), "+S"(left), "+c"(rest), "=r"(is_above), "=r"(is_below)
                     :
                     : "memory", "cc");
    *order = is_above - is_below;
    return size - rest;
}

static uint64_t sum_by_lodsw(const void *from, size_t words)
{
    uint64_t sum = 0, value = 0;
    __asm__ volatile("1: lodsw\n\tadd %%rax, %1\n\tdec %2\n\tjnz 1b"
                     : "+S"(from), "+r"(sum), "+r"(words), "+a"(value)
                     :
                     : "memory", "cc");
    return sum;
}

static uint64_t round_of(size_t size, uint64_t *random)
{
    for (size_t i = 0; i < size; i++) {
        uint64_t next = bare_random(random);
        source[i] = (uint8_t)('a' + next % 4);
    }

    source[size] = 0;
    size_t at = bare_random(random) % (size - 48);
    static const uint8_t mark[] = "needle";
    copy_up(source + at, mark, sizeof(mark) - 1);

    /* The same by loop and by instruction, at odd offsets. */
    size_t shift = bare_random(random) % 16;
    copy_up(target + shift, source, size + 1);
    rep_stosb(other, 0xcc, size + 64);
    rep_movsb(other + shift, source, size + 1);
    if (compare(target + shift, other + shift, size + 1) != 0)
        return BARE_FAILED(2);

    if (length(target + shift) != size || repne_scasb(other + shift, 0, size + 8) != size + 1)
        return BARE_FAILED(3);

    size_t found = find(source, mark);
    if (found != at || source[found + 5] != 'e')
        return BARE_FAILED(4);

    /* Moves that overlap, both ways. */
    move(target + shift + 3, target + shift, size - 16);
    rep_movsb_down(other + shift + 3, other + shift, size - 16);
    if (compare(target + shift, other + shift, size) != 0)
        return BARE_FAILED(5);

    move(target, target + 5, size - 8);
    rep_movsb(other, other + 5, size - 8);
    if (compare(target + shift, other + shift, size - 16) != 0)
        return BARE_FAILED(6);

    /* Where two blocks differ. */
    size_t different = bare_random(random) % size;
    copy_up(target, source, size);
    target[different] ^= 0x80;
    int order;
    size_t compared = repe_cmpsb(source, target, size, &order);
    if (compared != different + 1 || order != compare(source, target, size))
        return BARE_FAILED(7);

    rep_movsq(other, target, size / 8);
    rep_stosl(other, 0x01020304, 4);
    uint64_t hash = bare_mix(found, compared);
    hash = bare_mix(hash, sum_by_lodsw(other, size / 8 * 4));
    for (size_t i = 0; i < size; i += 61)
        hash = bare_mix(hash, source[i]);

    return hash;
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    if (first < 64 || first > MOST)
        return BARE_FAILED(1);

    uint64_t random = 0xa4093822299f31d0ULL;
    uint64_t result = 0;
    for (uint64_t round = 0; round < second; round++) {
        uint64_t hash = round_of(first, &random);
        if (hash >> 8 == BARE_FAILED(0) >> 8)
            return hash;

        result = bare_mix(result, hash);
    }

    return result;
}
