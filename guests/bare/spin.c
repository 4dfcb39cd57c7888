/* A loop of three instructions. First: how often. */
#include "bare.h"

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    (void)third;
    uint64_t sum = second;
    uint64_t left = first;
    if (left != 0) {
        __asm__ volatile(
            "1: add %1, %0\n"
            "dec %1\n"
            "jnz 1b"
            : "+r"(sum), "+r"(left)
            :
            : "cc");
    }

    return sum;
}
