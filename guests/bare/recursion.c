/* Calls and returns. First: Fibonacci's argument; second: Ackermann's with 3, at most 6 (64 KiB of stack); third: queens, at
 * most 12. */
#include "bare.h"

static __attribute__((noinline)) uint64_t fibonacci(uint64_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static __attribute__((noinline)) uint64_t ackermann(uint64_t m, uint64_t n)
{
    if (m == 0)
        return n + 1;

    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static __attribute__((noinline)) uint64_t queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    if (columns == all)
        return 1;

    uint64_t count = 0;
    for (uint32_t free = all & ~(columns | left | right); free != 0; free &= free - 1) {
        uint32_t queen = free & -free;
        count += queens(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }

    return count;
}

/* Calls through a table, so that targets are not known. */
static uint64_t add(uint64_t a, uint64_t b) { return a + b; }
static uint64_t rotate(uint64_t a, uint64_t b) { return (a << (b & 63)) | (a >> ((64 - b) & 63)); }
static uint64_t multiply(uint64_t a, uint64_t b) { return a * (b | 1); }
static uint64_t mix(uint64_t a, uint64_t b) { return bare_mix(a, b); }

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    if (first > 40 || second > 6 || third > 12)
        return BARE_FAILED(1);

    uint64_t result = bare_mix(0, fibonacci(first));
    result = bare_mix(result, ackermann(3, second));
    result = bare_mix(result, ackermann(2, second));
    result = bare_mix(result, queens((1u << third) - 1, 0, 0, 0));

    uint64_t (*volatile calls[4])(uint64_t, uint64_t) = {add, rotate, multiply, mix};
    uint64_t random = 0x082efa98ec4e6c89ULL;
    for (int i = 0; i < 1000; i++) {
        uint64_t next = bare_random(&random);
        result = calls[next >> 62](result, next);
    }

    return result;
}
