/* Steele, Lea and Flood's SplitMix64. */
#include "runtime.h"

#define RESEED_REQUESTED (1UL << 32)

static uint64_t state;

static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9UL;
    value = (value ^ value >> 27) * 0x94d049bb133111ebUL;
    return value ^ value >> 31;
}

void random_set_up(uint64_t seed) { state = seed; }

/* The host asks once after a restore. What was drawn before stays part of the state. */
static void reseed(void)
{
    uint64_t request = 0;
    __asm__ volatile("xchgq %0, %1" : "+r"(request), "+m"(*(volatile uint64_t *)RESEED_WORD) : : "memory");
    if (request & RESEED_REQUESTED)
        state = mix(state ^ mix((uint32_t)request));
}

uint64_t lodge_random(void)
{
    if (*(volatile uint64_t *)RESEED_WORD != 0)
        reseed();

    return mix(state += 0x9e3779b97f4a7c15UL);
}
