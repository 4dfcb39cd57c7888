/* CRC-32 (IEEE 802.3) over random numbers, by a table of bytes and by eight tables at once, which have to agree. First: bytes
 * of a block, 8 to 65,536; second: blocks. */
#include "bare.h"

#define MOST 65536

static uint32_t tables[8][256];
static uint8_t block[MOST];

static void make_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
        tables[0][i] = value;
    }

    for (int table = 1; table < 8; table++) {
        for (int i = 0; i < 256; i++)
            tables[table][i] = tables[table - 1][i] >> 8 ^ tables[0][tables[table - 1][i] & 255];
    }
}

static uint32_t by_bytes(uint32_t crc, const uint8_t *data, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ tables[0][(crc ^ data[i]) & 255];
    return ~crc;
}

static uint32_t by_words(uint32_t crc, const uint8_t *data, size_t size)
{
    crc = ~crc;
    for (; size >= 8; size -= 8, data += 8) {
        uint32_t low, high;
        __builtin_memcpy(&low, data, 4);
        __builtin_memcpy(&high, data + 4, 4);
        low ^= crc;
        crc = tables[7][low & 255] ^ tables[6][low >> 8 & 255] ^ tables[5][low >> 16 & 255] ^ tables[4][low >> 24]
            ^ tables[3][high & 255] ^ tables[2][high >> 8 & 255] ^ tables[1][high >> 16 & 255] ^ tables[0][high >> 24];
    }

    return by_bytes(~crc, data, size);
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    if (first < 8 || first > MOST)
        return BARE_FAILED(1);

    make_tables();
    if (by_bytes(0, (const uint8_t *)"123456789", 9) != 0xcbf43926)
        return BARE_FAILED(2);

    uint64_t random = 0x452821e638d01377ULL;
    uint64_t result = 0;
    for (uint64_t round = 0; round < second; round++) {
        for (size_t i = 0; i < first; i++)
            block[i] = (uint8_t)(bare_random(&random) >> 24);

        uint32_t crc = by_words(0, block, first);
        if (crc != by_bytes(0, block, first))
            return BARE_FAILED(3);

        result = bare_mix(result, crc);
    }

    return result;
}
