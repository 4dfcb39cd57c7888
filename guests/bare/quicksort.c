/* Sorting. First: how many numbers, at most 262,144; second: the seed, not zero. Sorts 64-bit numbers, then 32-bit ones, and
 * checks that they are sorted and still the same numbers. */
#include "bare.h"

#define MOST 262144

static uint64_t longs[MOST];
static uint32_t shorts[MOST];

/* Quicksort with the median of three, the longer part left to the loop, and insertion for short parts. */
#define DEFINE_SORT(NAME, TYPE)                                      \
    static __attribute__((noinline)) void NAME(TYPE *from, TYPE *to) \
    {                                                                \
        while (to - from > 12) {                                     \
            TYPE a = from[0], b = from[(to - from) / 2], c = to[-1]; \
            TYPE pivot = a < b ? (b < c ? b : a < c ? c : a)         \
                               : (a < c ? a : b < c ? c : b);        \
            TYPE *left = from, *right = to - 1;                      \
            for (;;) {                                               \
                while (*left < pivot)                                \
                    left++;                                          \
                while (*right > pivot)                               \
                    right--;                                         \
                if (left > right)                                    \
                    break;                                           \
                TYPE swapped = *left;                                \
                *left++ = *right;                                    \
                *right-- = swapped;                                  \
                if (left > right)                                    \
                    break;                                           \
            }                                                        \
            if (right + 1 - from < to - left) {                      \
                NAME(from, right + 1);                               \
                from = left;                                         \
            } else {                                                 \
                NAME(left, to);                                      \
                to = right + 1;                                      \
            }                                                        \
        }                                                            \
        for (TYPE *next = from + 1; next < to; next++) {             \
            TYPE value = *next;                                      \
            TYPE *at = next;                                         \
            for (; at > from && at[-1] > value; at--)                \
                *at = at[-1];                                        \
            *at = value;                                             \
        }                                                            \
    }

DEFINE_SORT(sort_longs, uint64_t)
DEFINE_SORT(sort_shorts, uint32_t)

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    if (first < 1 || first > MOST || second == 0)
        return BARE_FAILED(1);

    uint64_t random = second;
    uint64_t sum_of_longs = 0, sum_of_shorts = 0;
    for (size_t i = 0; i < first; i++) {
        longs[i] = bare_random(&random);
        sum_of_longs += longs[i];

        /* Few different values, so that there are equal ones. */
        shorts[i] = (uint32_t)(longs[i] >> 40) & 0xffff;
        sum_of_shorts += shorts[i];
    }

    sort_longs(longs, longs + first);
    sort_shorts(shorts, shorts + first);

    uint64_t result = 0;
    for (size_t i = 0; i < first; i++) {
        if (i > 0 && (longs[i - 1] > longs[i] || shorts[i - 1] > shorts[i]))
            return BARE_FAILED(2);

        sum_of_longs -= longs[i];
        sum_of_shorts -= shorts[i];
        result = bare_mix(result, longs[i] + shorts[i]);
    }

    return sum_of_longs == 0 && sum_of_shorts == 0 ? result : BARE_FAILED(3);
}
