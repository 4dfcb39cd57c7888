#include "sha256.h"

#include <lodge/memory.h>

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t initial[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate(uint32_t value, int count) { return value >> count | value << (32 - count); }

static uint32_t read_big_endian(const uint8_t *from)
{
    uint32_t value;
    __builtin_memcpy(&value, from, sizeof(value));
    return __builtin_bswap32(value);
}

static void write_big_endian(uint8_t *to, uint32_t value)
{
    value = __builtin_bswap32(value);
    __builtin_memcpy(to, &value, sizeof(value));
}

/* The schedule needs its last 16 words only: word i takes the place of word i - 16. */
static uint32_t next_word(uint32_t words[16], int i)
{
    uint32_t early = words[(i + 1) & 15], late = words[(i + 14) & 15];
    return words[i & 15] += (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) + words[(i + 9) & 15]
        + (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
}

/* One round. The eight variables take turns instead of moving on. */
#define ROUND(a, b, c, d, e, f, g, h, i, word)                                                                                \
    do {                                                                                                                      \
        h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + constants[i] + (word);                    \
        d += h;                                                                                                               \
        h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));                                      \
    } while (0)

#define EIGHT_ROUNDS(i, WORD)                                                                                                 \
    do {                                                                                                                      \
        ROUND(a, b, c, d, e, f, g, h, (i), WORD(i));                                                                          \
        ROUND(h, a, b, c, d, e, f, g, (i) + 1, WORD((i) + 1));                                                                \
        ROUND(g, h, a, b, c, d, e, f, (i) + 2, WORD((i) + 2));                                                                \
        ROUND(f, g, h, a, b, c, d, e, (i) + 3, WORD((i) + 3));                                                                \
        ROUND(e, f, g, h, a, b, c, d, (i) + 4, WORD((i) + 4));                                                                \
        ROUND(d, e, f, g, h, a, b, c, (i) + 5, WORD((i) + 5));                                                                \
        ROUND(c, d, e, f, g, h, a, b, (i) + 6, WORD((i) + 6));                                                                \
        ROUND(b, c, d, e, f, g, h, a, (i) + 7, WORD((i) + 7));                                                                \
    } while (0)

#define FIRST_WORD(i) (words[i] = read_big_endian(block + 4 * (i)))
#define NEXT_WORD(i) next_word(words, i)

static void compress(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[16];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    EIGHT_ROUNDS(0, FIRST_WORD);
    EIGHT_ROUNDS(8, FIRST_WORD);
    for (int i = 16; i < 64; i += 16) {
        EIGHT_ROUNDS(i, NEXT_WORD);
        EIGHT_ROUNDS(i + 8, NEXT_WORD);
    }

    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void sha256_begin(sha256 *hash)
{
    memcpy(hash->state, initial, sizeof(initial));
    hash->size = 0;
}

void sha256_update(sha256 *hash, const void *data, size_t size)
{
    const uint8_t *from = data;
    size_t waiting = hash->size % SHA256_BLOCK;
    hash->size += size;
    if (waiting != 0) {
        size_t taken = SHA256_BLOCK - waiting < size ? SHA256_BLOCK - waiting : size;
        memcpy(hash->block + waiting, from, taken);
        from += taken;
        size -= taken;
        if (waiting + taken < SHA256_BLOCK)
            return;

        compress(hash->state, hash->block);
    }

    for (; size >= SHA256_BLOCK; from += SHA256_BLOCK, size -= SHA256_BLOCK)
        compress(hash->state, from);

    memcpy(hash->block, from, size);
}

void sha256_end(sha256 *hash, uint8_t digest[SHA256_DIGEST])
{
    /* A one, zeros, and the size in bits in the last 8 bytes of a block. */
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    uint64_t bits = hash->size * 8;
    size_t waiting = hash->size % SHA256_BLOCK;
    uint8_t ending[8];
    write_big_endian(ending, (uint32_t)(bits >> 32));
    write_big_endian(ending + 4, (uint32_t)bits);
    sha256_update(hash, padding, (waiting < 56 ? 56 : 56 + SHA256_BLOCK) - waiting);
    sha256_update(hash, ending, sizeof(ending));
    for (int i = 0; i < 8; i++)
        write_big_endian(digest + 4 * i, hash->state[i]);
}
