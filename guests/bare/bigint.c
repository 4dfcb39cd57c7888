/* Long numbers. First: words of 64 bits, 1 to 64; second: bits of the exponent. The result mixes a product, a power by
 * Montgomery's multiplication and its remainder by a small divisor. */
#include "bare.h"

#define MOST_WORDS 64

typedef unsigned __int128 wide;
typedef uint64_t number[MOST_WORDS];

static uint64_t product[2 * MOST_WORDS];
static uint64_t scratch[MOST_WORDS + 2];

static void multiply(uint64_t *to, const uint64_t *left, const uint64_t *right, int words)
{
    for (int i = 0; i < 2 * words; i++)
        to[i] = 0;

    for (int i = 0; i < words; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < words; k++) {
            wide sum = (wide)left[i] * right[k] + to[i + k] + carry;
            to[i + k] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }

        to[i + words] = carry;
    }
}

static uint64_t subtract(uint64_t *from, const uint64_t *value, int words)
{
    uint64_t borrow = 0;
    for (int i = 0; i < words; i++) {
        wide difference = (wide)from[i] - value[i] - borrow;
        from[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }

    return borrow;
}

static int is_less(const uint64_t *left, const uint64_t *right, int words)
{
    for (int i = words - 1; i >= 0; i--) {
        if (left[i] != right[i])
            return left[i] < right[i];
    }

    return 0;
}

/* left * right / 2^(64 * words), modulo an odd modulus; factor is -1 / modulus modulo 2^64. */
static void montgomery(
    uint64_t *to, const uint64_t *left, const uint64_t *right, const uint64_t *modulus, uint64_t factor, int words)
{
    for (int i = 0; i < words + 2; i++)
        scratch[i] = 0;

    for (int i = 0; i < words; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < words; k++) {
            wide sum = (wide)left[i] * right[k] + scratch[k] + carry;
            scratch[k] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }

        wide top = (wide)scratch[words] + carry;
        scratch[words] = (uint64_t)top;
        scratch[words + 1] = (uint64_t)(top >> 64);

        uint64_t multiple = scratch[0] * factor;
        carry = (uint64_t)(((wide)multiple * modulus[0] + scratch[0]) >> 64);
        for (int k = 1; k < words; k++) {
            wide sum = (wide)multiple * modulus[k] + scratch[k] + carry;
            scratch[k - 1] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }

        top = (wide)scratch[words] + carry;
        scratch[words - 1] = (uint64_t)top;
        scratch[words] = scratch[words + 1] + (uint64_t)(top >> 64);
    }

    if (scratch[words] != 0 || !is_less(scratch, modulus, words))
        subtract(scratch, modulus, words);

    for (int i = 0; i < words; i++)
        to[i] = scratch[i];
}

static void twice(uint64_t *value, const uint64_t *modulus, int words)
{
    uint64_t carry = value[words - 1] >> 63;
    for (int i = words - 1; i > 0; i--)
        value[i] = value[i] << 1 | value[i - 1] >> 63;

    value[0] <<= 1;
    if (carry || !is_less(value, modulus, words))
        subtract(value, modulus, words);
}

/* The remainder by the processor's own division of 128 bits by 64. */
static uint64_t remainder_of(const uint64_t *value, int words, uint64_t divisor)
{
    uint64_t rest = 0;
    for (int i = words - 1; i >= 0; i--) {
        uint64_t quotient;
        __asm__("divq %4" : "=a"(quotient), "=d"(rest) : "0"(value[i]), "1"(rest), "r"(divisor) : "cc");
    }

    return rest;
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    static number base, modulus, power, one;
    int words = (int)first;
    if (first < 1 || first > MOST_WORDS)
        return BARE_FAILED(1);

    uint64_t random = 0x13198a2e03707344ULL;
    for (int i = 0; i < words; i++) {
        modulus[i] = bare_random(&random);
        base[i] = bare_random(&random);
        one[i] = 0;
    }

    modulus[0] |= 1;
    modulus[words - 1] |= 1ULL << 63;
    base[words - 1] >>= 1;

    const uint64_t prime = 0xffffffffffffffc5ULL;
    multiply(product, base, modulus, words);
    const uint64_t small = 1000000007;
    uint64_t expected = remainder_of(base, words, small) * remainder_of(modulus, words, small) % small;
    if (remainder_of(product, 2 * words, small) != expected)
        return BARE_FAILED(2);

    uint64_t result = bare_mix(0, remainder_of(product, 2 * words, prime));

    /* Newton: each step doubles the bits that are right. */
    uint64_t inverse = modulus[0];
    for (int i = 0; i < 6; i++)
        inverse *= 2 - modulus[0] * inverse;

    /* One and the base in Montgomery's form, by doubling. */
    one[0] = 1;
    for (int i = 0; i < 64 * words; i++)
        twice(one, modulus, words);

    for (int i = 0; i < 64 * words; i++)
        twice(base, modulus, words);

    for (int i = 0; i < words; i++)
        power[i] = one[i];

    for (uint64_t bit = 0; bit < second; bit++) {
        montgomery(power, power, power, modulus, 0 - inverse, words);
        if (bare_random(&random) & 1)
            montgomery(power, power, base, modulus, 0 - inverse, words);
    }

    for (int i = 0; i < words; i++)
        result = bare_mix(result, power[i]);

    return bare_mix(result, remainder_of(power, words, prime));
}
